/** The command of a container itself, as far as the sandbox runs any: its output is the container's log. */
import type { ContainerLog } from './container-log.ts';
import { exitCodeOf, findProgram, killGroup, startCommand, type CommandStart } from './command.ts';

/** What containerd answers where the program is not in the image. */
const CANNOT_START = 128;

export async function runToEnd(start: CommandStart, log: ContainerLog, signal: AbortSignal): Promise<number> {
  const program = findProgram(start.command[0] ?? '', start.tools);
  if ('problem' in program) return CANNOT_START;
  const child = startCommand(program.file, start);
  const kill = (): void => {
    killGroup(child);
  };
  signal.addEventListener('abort', kill);
  let output = '';
  const keep = (data: Buffer): void => {
    output += data.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return new Promise((resolve) => {
    child.once('error', () => {
      resolve(CANNOT_START);
    });
    child.once('close', (code, endSignal) => {
      signal.removeEventListener('abort', kill);
      if (output !== '') log.append(output);
      resolve(exitCodeOf(code, endSignal));
    });
  });
}
