/** Runs a program to its end, with all that it says, and never longer than it may. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import type { Readable } from 'node:stream';

export interface Ran {
  /** 128 + the signal's number stands for a signal, as in a shell; 127 where the program cannot be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Milliseconds after which it and its children are killed. */
  readonly longest: number;
}

/** Never rejects: what cannot be started says so in `stderr`. */
export async function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const { env, cwd, longest } = options;
  const started = performance.now();
  // A group of its own, so that what a script started ends with it.
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
  let late = '';
  const timer = setTimeout(() => {
    late = `\nStopped after ${String(longest / 1000)} s.`;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, longest);
  const [code, problem] = await new Promise<readonly [number, string]>((resolve) => {
    child.once('error', (error) => {
      resolve([127, error.message]);
    });
    child.once('close', (status) => {
      resolve([status ?? 137, '']);
    });
  });
  clearTimeout(timer);
  const milliseconds = performance.now() - started;
  return { code, stdout: stdout(), stderr: stderr() + problem + late, milliseconds };
}

function collected(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
