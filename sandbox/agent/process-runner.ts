/** Runs a process as the agent's ProcessInvoker does: no stdin, lines of both streams, and an orderly end when it must stop. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Patience } from './job.ts';

export interface ProcessOptions {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly patience: Patience;
  /** Stops the process: SIGINT, SIGTERM, SIGKILL. */
  readonly stop: AbortSignal;
  onLine(line: string): void;
  readonly onStart?: ((processId: number) => void) | undefined;
}

export interface ProcessEnd {
  /** 128 + number for one that a signal ended. */
  readonly exitCode: number;
  /** Processes of its group outlive it; undefined where none does. */
  readonly orphanGroup?: number;
}

/** @throws where the process cannot be started. */
export async function runProcess(options: ProcessOptions): Promise<ProcessEnd> {
  const child = spawn(options.file, options.arguments, {
    cwd: options.workingDirectory,
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl+C in the terminal reaches the sandbox, and only the schedule below reaches the task.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  await once(child, 'spawn');
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const ended = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  const outputClosed = Promise.all([readLines(child.stdout, options), readLines(child.stderr, options)]);
  const stop = (): void => void stopInSteps(child, ended, options.patience);
  options.stop.addEventListener('abort', stop, { once: true });
  if (options.stop.aborted) stop();
  const [code, signal] = await ended;
  options.stop.removeEventListener('abort', stop);
  await atMost(options.patience.linger, outputClosed);
  child.stdout.destroy();
  child.stderr.destroy();
  const exitCode = code ?? 128 + constants.signals[signal ?? 'SIGKILL'];
  return { exitCode, ...(child.pid !== undefined && groupLives(child.pid) ? { orphanGroup: child.pid } : {}) };
}

/** Only the process itself gets the signals; its children go on until the job ends (facts/azure-pipelines.md 1.5). */
async function stopInSteps(child: ChildProcess, ended: Promise<unknown>, patience: Patience): Promise<void> {
  child.kill('SIGINT');
  if (await atMost(patience.interrupt, ended)) return;
  child.kill('SIGTERM');
  if (await atMost(patience.terminate, ended)) return;
  child.kill('SIGKILL');
}

/** @returns whether the promise came first. */
async function atMost(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  try {
    const timedOut = sleep(milliseconds, false, { signal: timer.signal }).catch(() => false);
    return await Promise.race([promise.then(() => true), timedOut]);
  } finally {
    timer.abort();
  }
}

async function readLines(stream: Readable, options: ProcessOptions): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  stream.on('data', (chunk: Buffer) => {
    pending += decoder.write(chunk);
    // A carriage return at the end of what has come may be the first half of a line end.
    const lines = pending.split(/\r\n|\n|\r(?!$)/);
    pending = lines.pop() ?? '';
    for (const line of lines) options.onLine(line);
  });
  await once(stream, 'close');
  pending = (pending + decoder.end()).replace(/\r$/, '');
  if (pending !== '') options.onLine(pending);
}

function groupLives(pid: number): boolean {
  if (process.platform === 'win32') return false;
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}
