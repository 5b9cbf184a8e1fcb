/** A sandbox in which one case after the other is run, and what is known of it. */
import type { RequestRecord } from '../../sandbox/contracts.ts';
import { chainIntercepts } from '../../sandbox/kit/faults.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { credentialCollector, secretsOf } from '../../tests/support/collect.ts';
import type { KnownSecret } from '../../tests/support/leaks.ts';
import { leapingClock } from '../../tests/support/leaping-clock.ts';
import { isWriteOfTask } from '../../tests/support/world.ts';
import { reliabilityScenario } from '../reliability/cases.ts';
import { Watcher } from './watcher.ts';

export interface Place {
  readonly sandbox: Sandbox;
  readonly watcher: Watcher;
  readonly clock: Clock;
  /** Azure as the scenario has it, and nothing asked for yet. */
  readonly reset: () => void;
  /** Requests of the task since the last reset, `METHOD server path` each. */
  readonly requests: () => readonly string[];
  /** Those that could change something. */
  readonly writes: () => readonly string[];
  /** The scenario's, and the credentials that were sent since the last reset. */
  readonly secrets: () => readonly KnownSecret[];
}

export async function openPlace(): Promise<Place> {
  const watcher = new Watcher();
  const clock = leapingClock(() => watcher.happened);
  const collector = credentialCollector();
  const intercept = chainIntercepts(collector.intercept, watcher.intercept);
  const sandbox = await startSandbox({ scenario: reliabilityScenario(), intercept });
  const own = secretsOf(sandbox);
  const { requests } = sandbox;
  const shown = (only: (record: RequestRecord) => boolean): readonly string[] =>
    requests
      .all()
      .filter((record) => only(record))
      .map(({ method, server, path }) => `${method} ${server} ${path}`);
  return {
    sandbox,
    watcher,
    clock,
    reset: () => {
      sandbox.azure.reset();
      requests.clear();
      collector.forget();
    },
    requests: () => shown(() => true),
    writes: () => shown(isWriteOfTask),
    secrets: () => [...own, ...collector.seen()],
  };
}
