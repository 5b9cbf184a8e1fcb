import type { Facts, PodFact } from '../../checks/facts.ts';
import type { Ask } from '../../checks/gather/facts.ts';
import { gatherFacts } from '../../checks/gather/facts.ts';
import type { Probing } from '../../checks/gather/probe.ts';
import type { PodScope } from '../../checks/gather/pods-in-scope.ts';
import type { Judged } from '../../checks/judge.ts';
import { judge } from '../../checks/judge.ts';
import { patienceOf } from '../../checks/patience.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { formatDuration } from '../../runtime/budget.ts';
import { count, listOf } from '../../runtime/text.ts';
import type { Services } from '../shared/services.ts';
import { PodProgress } from './pod-progress.ts';

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 10_000;
/** Few ephemeral containers are added to a pod, so that each must be worth it. */
const BETWEEN_CONTAINERS = 60_000;

/** The last look at one pod. */
export interface LookedAt extends Judged {
  readonly facts: Facts;
  /** Until when waiting may help, on the clock of the run; undefined where all checks passed. */
  readonly until: number | undefined;
  /** Since when the pod fails by this code. */
  readonly since: number;
}

/**
 * Looks until every check of every pod passes, or until waiting cannot help any more: what never heals in one pod ends
 * it at once, what heals in time has as long as its kind of failure and the budget allow.
 */
export async function lookUntilSettled(
  cluster: KubeCluster,
  ask: Ask,
  services: Services,
): Promise<readonly LookedAt[]> {
  const { azure, budget, clock, signal } = services;
  const probing = probingOf(services);
  const tell = teller(services);
  let known: ReadonlyMap<string, LookedAt> = new Map();
  let pause = FIRST_PAUSE;
  for (;;) {
    const context = { cluster, azure, probing, now: clock.date(), patience: budget.remaining() };
    known = await lookOnce({ context, ask, known }, services);
    const found = [...known.values()];
    const open = found.flatMap(({ until }) => (until === undefined ? [] : [until - clock.now()]));
    // One pod that never passes decides: nothing that the others still may become changes the outcome.
    const left = Math.min(budget.remaining(), ...open);
    if (open.length > 0 && left <= 0 && ask.retry) tellEnd(found, services);
    if (open.length === 0 || left <= 0) return found;
    if (tell(found)) pause = FIRST_PAUSE;
    if (probing.added.size > 0) pause = BETWEEN_CONTAINERS;
    await clock.sleep(Math.min(pause, left), signal);
    pause = Math.min(pause * 1.5, LONGEST_PAUSE);
  }
}

interface Round {
  readonly context: Parameters<typeof gatherFacts>[0];
  readonly ask: Ask;
  readonly known: ReadonlyMap<string, LookedAt>;
}

/** Asks every pod that has not passed yet. Pods that are gone are forgotten, whatever they said. */
async function lookOnce({ context, ask, known }: Round, services: Services): Promise<ReadonlyMap<string, LookedAt>> {
  const { clock, signal } = services;
  const { scope } = ask.pods;
  const seen = new Map<string, LookedAt>();
  const progress = new PodProgress(services);
  const look = {
    isOpen: (pod: PodFact) => {
      const last = known.get(slotOf(pod, scope));
      return last === undefined || last.failure !== undefined;
    },
    onFacts: (facts: Facts) => {
      const slot = slotOf(facts.pod, scope);
      const judged = withPatience(judge(facts), ask.retry);
      seen.set(slot, { ...judged, facts, ...timesOf({ ...judged, facts }, known.get(slot), clock.now()) });
      progress.add(judged.failure !== undefined);
    },
    onPods: (pods: number) => {
      progress.begin(pods);
    },
  };
  const pods = await gatherFacts(context, ask, look, signal);
  return new Map(
    pods.flatMap((pod) => {
      const slot = slotOf(pod, scope);
      const last = seen.get(slot) ?? known.get(slot);
      return last ? [[slot, last] as const] : [];
    }),
  );
}

function withPatience({ checks, failure }: Judged, retry: boolean): Judged {
  return { checks, failure: failure && { ...failure, patience: patienceOf(failure, retry) } };
}

/** What a pod stands for: a successor on its node, or the newest of all, goes on where it was. */
function slotOf(pod: PodFact, scope: PodScope): string {
  if (scope === 'first') return '';
  return (scope === 'all' ? pod.name : pod.node) ?? '';
}

function timesOf(
  { failure, facts }: Judged & { readonly facts: Facts },
  before: LookedAt | undefined,
  now: number,
): Pick<LookedAt, 'until' | 'since'> {
  if (!failure) return { until: undefined, since: now };
  if (facts.lastLook === true) return { until: now, since: now };
  const same = before?.failure?.diagnostic.code === failure.diagnostic.code;
  const since = same ? before.since : now;
  return { until: since + failure.patience, since };
}

function probingOf({ clock, observer, signal }: Services): Probing {
  return {
    sleep: (milliseconds) => clock.sleep(milliseconds, signal),
    note: (text) => {
      observer({ type: 'note', text });
    },
    added: new Map(),
  };
}

/** Says what is waited for, once; gives whether it had something new to say. */
function teller({ observer }: Services): (found: readonly LookedAt[]) => boolean {
  let said: string | undefined;
  return (found) => {
    const failed = found.flatMap(({ failure }) => (failure ? [failure.diagnostic] : []));
    const [first] = failed;
    if (!first) return false;
    const passed = `${String(found.length - failed.length)} of ${count(found.length, 'pod')} passed, `;
    const measured = `${found.length > 1 ? passed : ''}[${first.code}] ${first.message}`;
    if (measured === said) return false;
    observer({ type: 'waiting', what: 'the proof', measured });
    said = measured;
    return true;
  };
}

/** Why somebody who asked for patience does not get it. */
function tellEnd(found: readonly LookedAt[], { observer, budget }: Services): void {
  observer({ type: 'note', text: `Not asked again: ${endOf(found, budget.total)}.` });
}

function endOf(found: readonly LookedAt[], budget: number): string {
  const hopeless = found.flatMap(({ failure }) => (failure?.patience === 0 ? [failure.diagnostic.code] : []));
  if (hopeless.length > 0) return `waiting does not mend ${listOf([...new Set(hopeless)])}`;
  const last = found.some(({ failure, facts }) => failure !== undefined && facts.lastLook === true);
  if (last) return 'each time would leave one more container in the pod';
  return `the ${formatDuration(budget)} of timeoutInMinutes are over`;
}
