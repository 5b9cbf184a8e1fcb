/** What an agent would make of a run: everything goes through the product's own way to the agent once more. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type * as Agent from '../../src/host/agent.ts';
import { parseCommand } from '../../sandbox/agent/command.ts';
import type { Command } from '../../sandbox/agent/command.ts';
import { diagnosticText } from '../../src/report/diagnostic-text.ts';
import type { InProcessRun } from '../../tests/support/in-process.ts';

const agent = await loadAgent();

/** task-lib tells what it finds while it loads, and leaves a key in the agent's temporary folder. */
async function loadAgent(): Promise<typeof Agent> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-fuzz-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  process.env['AGENT_TEMPDIRECTORY'] = folder;
  const { restore } = capture();
  try {
    return await import('../../src/host/agent.ts');
  } finally {
    restore();
  }
}

/** Commands that the agent would obey and that no task gives, one line each. */
export function strangeCommands(run: InProcessRun): readonly string[] {
  return printed(run)
    .split(/\r\n|\n|\r/)
    .flatMap((line) => {
      // Whatever letter case a future agent forgives.
      const command = parseCommand(line.replaceAll(/##vso\[/gi, '##vso['));
      return command && !isOwn(command, run) ? [`the agent would obey ${line.slice(0, 200)}`] : [];
    });
}

function isOwn({ area, event, properties }: Command, { outputs, failure }: InProcessRun): boolean {
  switch (`${area}.${event}`) {
    case 'task.debug':
    case 'task.issue':
      return true;
    case 'task.complete':
      return failure !== undefined && properties['result'] === 'Failed';
    case 'task.setvariable':
      return Object.hasOwn(outputs, properties['variable'] ?? '');
    default:
      return false;
  }
}

/** Each text as a line and as a warning, since both are ways to the agent. */
function printed({ log, outputs, failure }: InProcessRun): string {
  return captured(() => {
    for (const text of log) {
      agent.agentLog.line(text);
      agent.agentLog.warning(text);
    }
    for (const [name, value] of Object.entries(outputs)) agent.setOutput(name, value);
    if (failure) agent.fail(diagnosticText(failure));
  });
}

function captured(print: () => void): string {
  const { chunks, restore } = capture();
  try {
    print();
  } finally {
    restore();
  }
  return chunks.join('');
}

/** task-lib writes to the standard output itself, whatever stream it is given. */
function capture(): { readonly chunks: readonly string[]; readonly restore: () => void } {
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  const chunks: string[] = [];
  stdout.write = (chunk: string | Uint8Array): boolean => {
    chunks.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    return true;
  };
  const restore = (): void => {
    stdout.write = write;
  };
  return { chunks, restore };
}
