/** A sandbox in which one cell of the table after the other is judged. */
import { chainIntercepts } from '../../sandbox/kit/faults.ts';
import { credentialCollector, secretsOf } from '../../tests/support/collect.ts';
import type { KnownSecret } from '../../tests/support/leaks.ts';
import type { World } from '../../tests/support/world.ts';
import { startWorld } from '../../tests/support/world.ts';
import { reliabilityScenario } from './cases.ts';
import { Striker } from './striker.ts';

export interface Place {
  readonly world: World;
  readonly striker: Striker;
  /** Those of the scenario, and the credentials that were sent since {@link forget}. */
  readonly secrets: () => readonly KnownSecret[];
  readonly forget: () => void;
}

export async function openPlace(): Promise<Place> {
  const striker = new Striker();
  const collector = credentialCollector();
  const intercept = chainIntercepts(collector.intercept, striker.intercept);
  const world = await startWorld({ scenario: reliabilityScenario(), intercept });
  const own = secretsOf(world.sandbox);
  return { world, striker, secrets: () => [...own, ...collector.seen()], forget: collector.forget };
}
