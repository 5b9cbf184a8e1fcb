/** One generated world before the doctor: is the first answer true, and is every answer? */
import { examine } from '../support/examine.ts';
import type { GeneratedWorld } from './world.ts';
import { generateWorld } from './world.ts';

export interface Verdict {
  readonly seed: number;
  readonly faults: readonly string[];
  readonly codes: readonly string[];
  /** A fault is there, and the first answer is one. */
  readonly found: boolean;
  /** Codes of faults that are not there. */
  readonly invented: readonly string[];
  readonly log: readonly string[];
}

/** @param shareOfFaults 1 for a world with faults in it, 0 for a healthy one */
export async function judgeWorld(seed: number, shareOfFaults: 0 | 1): Promise<Verdict> {
  const world = generateWorld(seed, shareOfFaults);
  const { draft, inputs } = world;
  return examine(draft, { inputs }, ({ codes, log }) => verdictOf(world, codes, log));
}

/** The first answer is a fault that is there (or none, where none is), and no answer is a fault that is not. */
export function isTrue({ found, invented }: Verdict): boolean {
  return found && invented.length === 0;
}

function verdictOf({ seed, faults }: GeneratedWorld, codes: readonly string[], log: readonly string[]): Verdict {
  const named = new Set(faults.flatMap(({ named: own }) => own));
  const [first] = codes;
  return {
    seed,
    faults: faults.map(({ name }) => name),
    codes,
    found: faults.length === 0 ? first === undefined : first !== undefined && named.has(first),
    invented: codes.filter((code) => !named.has(code)),
    log,
  };
}
