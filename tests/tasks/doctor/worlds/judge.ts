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

export async function judgeWorld(seed: number, share = 0.8): Promise<Verdict> {
  const world = generateWorld(seed, share);
  const { draft, inputs } = world;
  return examine(draft, { inputs }, ({ codes, log }) => verdictOf(world, codes, log));
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
