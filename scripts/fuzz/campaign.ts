/** Runs generated cases, each from a seed of its own, so that any of them can be run alone. */
import fc from 'fast-check';

/** What must hold for every case. */
export interface Property<Case> {
  readonly name: 'input' | 'response';
  readonly cases: fc.Arbitrary<Case>;
  /** What is wrong, nothing where all is well. */
  readonly judge: (which: Case) => Promise<readonly string[]>;
  readonly show: (which: Case) => string;
}

export interface Failure {
  readonly kind: string;
  readonly number: number;
  /** The smallest case that still fails. */
  readonly shown: string;
  readonly problems: string;
}

/** Milliseconds for making a failing case small; after them, every smaller one passes. */
const SHRINKING = 10_000;

/** Undefined where the case passes. */
export async function runCase<Case>(
  { name, cases, judge, show }: Property<Case>,
  seed: number,
  number: number,
): Promise<Failure | undefined> {
  let failed: number | undefined;
  const property = fc.asyncProperty(cases, async (which) => {
    if (failed !== undefined && performance.now() - failed > SHRINKING) return;
    const problems = await judge(which);
    if (problems.length === 0) return;
    failed ??= performance.now();
    throw new Error(problems.join('\n'));
  });
  const details = await fc.check(property, { seed: seedOf(seed, name, number), numRuns: 1 });
  if (!details.counterexample) return undefined;
  const { errorInstance: error } = details;
  return {
    kind: name,
    number,
    shown: show(details.counterexample[0]),
    problems: error instanceof Error ? error.message : String(error),
  };
}

/** FNV-1a: cases that are neighbours have nothing in common. */
function seedOf(seed: number, name: string, number: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${String(seed)} ${name} ${String(number)}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash | 0;
}
