/** Starts a pod's command on the host, with the pod's programs only. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface CommandStart {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  /** The pod's PATH directory. */
  readonly tools: string;
  readonly stdin: boolean;
}

/** Where images keep programs: a path there means the pod's own program of that name. */
const PROGRAM_DIRECTORIES = new Set(['/bin', '/usr/bin', '/usr/local/bin', '/sbin', '/usr/sbin']);

/** The program's file, or runc's reason why there is none. */
export function findProgram(name: string, tools: string): { readonly file: string } | { readonly problem: string } {
  const absent = { problem: `exec: "${name}": executable file not found in $PATH` };
  if (name === '') return absent;
  if (!name.includes('/')) {
    const file = path.join(tools, name);
    return existsSync(file) ? { file } : absent;
  }
  const file = path.join(tools, path.posix.basename(name));
  const known = PROGRAM_DIRECTORIES.has(path.posix.dirname(name)) && existsSync(file);
  return known ? { file } : { problem: `exec: "${name}": stat ${name}: no such file or directory` };
}

/** A process group of its own, so that everything the command starts ends with it. */
export function startCommand(file: string, start: CommandStart): ChildProcess {
  return spawn(file, start.command.slice(1), {
    argv0: start.command[0] ?? file,
    cwd: start.directory,
    env: start.environment,
    detached: process.platform !== 'win32',
    stdio: [start.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
}

export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left in the group.
  }
}

/** A shell's convention for a process that a signal ended. */
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 };

export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0);
}
