/** Builds what is missing, one program after the other: each is kept as soon as it is whole. */
import { chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  controlPlaneDirectory,
  missingPrograms,
  programFile,
  programs,
  type ProgramName,
} from '../../sandbox/cluster-kubernetes/programs.ts';
import { takeLock } from '../support/lock.ts';
import { goBuild, goProblem } from './go.ts';
import type { BuildOptions } from './options.ts';

type Say = (line: string) => void;

/** @returns false where a program is missing afterwards; `say` was told why */
export async function build(options: BuildOptions, say: Say, signal: AbortSignal): Promise<boolean> {
  if (missingPrograms(options.wanted).length === 0) return everythingIsThere(options.wanted, say);
  const problem = await goProblem();
  if (problem !== undefined) {
    say(problem);
    return false;
  }
  const home = controlPlaneDirectory();
  await mkdir(home, { recursive: true });
  const release = await takeLock(path.join(home, 'lock'), 'builds a control plane', say);
  try {
    return await buildMissing(options, say, signal);
  } finally {
    await release();
  }
}

function everythingIsThere(wanted: readonly ProgramName[], say: Say): true {
  say(`Nothing to do: ${wanted.map(described).join(', ')} are in ${controlPlaneDirectory()}.`);
  return true;
}

async function buildMissing(options: BuildOptions, say: Say, signal: AbortSignal): Promise<boolean> {
  // Whoever held the lock before may have built it meanwhile.
  const missing = missingPrograms(options.wanted);
  if (missing.length === 0) return everythingIsThere(options.wanted, say);
  const home = controlPlaneDirectory();
  say(`Building ${missing.map(described).join(', ')} from Go modules into ${home}: once, 15 to 60 minutes.`);
  // A person works on meanwhile: compilers inherit this, and take what is left of the machine.
  os.setPriority(os.constants.priority.PRIORITY_LOW);
  const started = performance.now();
  for (const name of missing) if (!(await buildOne(name, options, { say, signal }))) return false;
  if (!options.keepGo) await rm(workFolder(), { recursive: true, force: true });
  say(`The control plane is built (${seconds(started)}).`);
  return true;
}

interface Surroundings {
  readonly say: Say;
  readonly signal: AbortSignal;
}

async function buildOne(name: ProgramName, { jobs }: BuildOptions, { say, signal }: Surroundings): Promise<boolean> {
  const started = performance.now();
  let packages = 0;
  const tell = (): void => {
    say(`  ${described(name)}: ${String(packages)} packages compiled (${seconds(started)})`);
  };
  const progress = setInterval(tell, 20_000);
  const folder = await mkdtemp(path.join(controlPlaneDirectory(), '.building-'));
  try {
    say(`  ${described(name)}: begins`);
    const output = path.join(folder, name);
    const compiled = (count: number): void => {
      packages = count;
    };
    const problem = await goBuild({ program: programs[name], output, work: workFolder(), jobs, signal, compiled });
    if (problem !== undefined) {
      say(signal.aborted ? 'Interrupted; what was built stays.' : `${described(name)} cannot be built: ${problem}`);
      return false;
    }
    const megabytes = Math.round((await stat(output)).size / 1_000_000);
    await keep(output, programFile(name));
    say(`  ${described(name)}: built, ${String(megabytes)} MB (${seconds(started)})`);
    return true;
  } finally {
    clearInterval(progress);
    await rm(folder, { recursive: true, force: true });
  }
}

/** By one rename in one file system: a program is there whole, or not at all. */
async function keep(built: string, file: string): Promise<void> {
  await chmod(built, 0o755);
  await mkdir(path.dirname(file), { recursive: true });
  await rename(built, file);
}

function workFolder(): string {
  return path.join(controlPlaneDirectory(), 'go');
}

function described(name: ProgramName): string {
  return `${name} ${programs[name].version}`;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(0)} s`;
}
