/** The command line of `npm run controlplane`. */
import { parseArgs } from 'node:util';
import { controlPlane, programs, type ProgramName } from '../../sandbox/cluster-kubernetes/programs.ts';

export interface BuildOptions {
  readonly wanted: readonly ProgramName[];
  /** Undefined: as many as there are cores. */
  readonly jobs: number | undefined;
  readonly keepGo: boolean;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError that says what is allowed */
export function readOptions(args: readonly string[]): BuildOptions {
  const { values, positionals } = parsed(args);
  return {
    wanted: values.all ? names : positionals.length > 0 ? positionals.map(programName) : controlPlane,
    jobs: values.jobs === undefined ? undefined : jobsOf(values.jobs),
    keepGo: values['keep-go'],
  };
}

const names = Object.keys(programs) as ProgramName[];

function parsed(args: readonly string[]): {
  readonly values: { readonly all: boolean; readonly 'keep-go': boolean; readonly jobs?: string };
  readonly positionals: readonly string[];
} {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        all: { type: 'boolean', default: false },
        'keep-go': { type: 'boolean', default: false },
        jobs: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function programName(text: string): ProgramName {
  const name = names.find((candidate) => candidate === text);
  if (name === undefined) throw new UsageError(`There is no program ${text}. There are: ${names.join(', ')}.`);
  return name;
}

function jobsOf(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new UsageError(`--jobs ${text}: use a whole number from 1 to 99.`);
}
