/** Changed answers: whatever a server says, the task ends as wanted or with an error that names what it asked for. */
import fc from 'fast-check';
import { cases } from '../../reliability/cases.ts';
import { differences, stateOf, strangers } from '../../reliability/judge.ts';
import type { KnownRequest } from '../../reliability/requests.ts';
import { isSame } from '../../reliability/requests.ts';
import type { InProcessRun } from '../../../tests/support/in-process.ts';
import type { Property } from '../campaign.ts';
import { inTime, problemsOfRun } from '../judge.ts';
import type { Place } from '../place.ts';
import type { Change } from '../watcher.ts';
import type { Mutation } from './mutations.ts';
import { mutations } from './mutations.ts';
import { mutated } from './mutate.ts';
import type { Undisturbed } from './undisturbed.ts';
import { begin, observeAll } from './undisturbed.ts';

export interface ResponseCase {
  /** Index of a case with an action. */
  readonly run: number;
  /** Chooses one of its requests. */
  readonly request: number;
  /** Only the first answer, or each. */
  readonly length: 'once' | 'lasting';
  readonly mutation: Mutation;
}

/** Milliseconds of the tasks' own time: `timeoutInMinutes`, and as much again for what cannot be given up. */
const LONGEST = 10 * 60_000;

export async function responseProperty(place: Place): Promise<Property<ResponseCase>> {
  const undisturbed = await observeAll(place);
  return {
    name: 'response',
    cases: fc.record({
      run: fc.nat(cases.length * 2 - 1),
      request: fc.nat(1000),
      length: fc.constantFrom('once', 'lasting'),
      mutation: mutations,
    }),
    judge: (which) => judge(which, chosen(which, undisturbed), place),
    show: (which) => {
      const { undisturbed: run, request } = chosen(which, undisturbed);
      const mutation = JSON.stringify(which.mutation);
      return `${run.case.title}, ${run.action}, ${request.label} (${which.length}): ${mutation.slice(0, 1000)}`;
    },
  };
}

interface Chosen {
  readonly undisturbed: Undisturbed;
  readonly request: KnownRequest;
}

function chosen({ run, request }: ResponseCase, all: readonly Undisturbed[]): Chosen {
  const undisturbed = all[run];
  const found = undisturbed?.requests[request % undisturbed.requests.length];
  if (!undisturbed || !found) throw new Error(`There is no run ${String(run)}.`);
  return { undisturbed, request: found };
}

async function judge(which: ResponseCase, { undisturbed, request }: Chosen, place: Place): Promise<readonly string[]> {
  const { run, milliseconds, changed } = await changedRun(which, { undisturbed, request }, place);
  return [
    ...(changed ? [] : ['the answer was never asked for']),
    ...(milliseconds > LONGEST ? [`the run took ${String(milliseconds)} ms of its own time`] : []),
    ...problemsOfRun(run, place),
    ...problemsOfState(which, run, undisturbed, place),
  ];
}

interface ChangedRun {
  readonly run: InProcessRun;
  readonly milliseconds: number;
  readonly changed: boolean;
}

/** On a busy machine a run may end before the request comes: then it is tried again. */
const ATTEMPTS = 3;

async function changedRun(which: ResponseCase, { undisturbed, request }: Chosen, place: Place): Promise<ChangedRun> {
  const { watcher, clock } = place;
  for (let attempt = 1; ; attempt += 1) {
    await begin(place, undisturbed);
    const { change, changed } = changing(which, request);
    watcher.begin(change);
    const started = clock.now();
    const run = await inTime(undisturbed.case.run(place, undisturbed.action, clock));
    await watcher.settled();
    if (changed() || attempt === ATTEMPTS) return { run, milliseconds: clock.now() - started, changed: changed() };
  }
}

interface Changing {
  readonly change: Change;
  readonly changed: () => boolean;
}

function changing({ mutation, length }: ResponseCase, request: KnownRequest): Changing {
  let times = 0;
  return {
    changed: () => times > 0,
    change: (event) => {
      if (!isSame(event, request) || (length === 'once' && times > 0)) return undefined;
      times += 1;
      return mutated(event.response, mutation, `https://${event.host}${event.path}`);
    },
  };
}

function problemsOfState(
  { mutation }: ResponseCase,
  { failure }: InProcessRun,
  undisturbed: Undisturbed,
  place: Place,
): readonly string[] {
  const { before, after, requests, hosts, tokenHosts } = undisturbed;
  const found = stateOf(place);
  const { watcher } = place;
  const said = `${failure?.message ?? ''} ${failure?.detail ?? ''}`;
  const names =
    requests.some(({ step }) => step.test(said)) || [...hosts, ...THINGS].some((name) => said.includes(name));
  const unfinished = failure || mayMislead(mutation) ? [] : differences(found, after);
  return [
    ...strangers(found, [before, after]),
    ...unfinished.map((each) => `the run succeeded, but ${each}`),
    ...(failure && !names ? [`the error names neither request nor thing: [${failure.code}] ${said}`] : []),
    ...watcher.hosts.filter((host) => !hosts.includes(host)).map((host) => `${host} was asked`),
    ...watcher.tokenHosts.filter((host) => !tokenHosts.includes(host)).map((host) => `${host} was sent a credential`),
  ];
}

/** What the inputs name. */
const THINGS = ['Keyless Pods deployer', 'id-pods', 'aks-p-we-001', 'kvpwe001', 'kvpwe002'];

/**
 * An answer with other content may look as one that Azure gives of another world: an assignment less in a list, another
 * id. Then the run does what is right there, and only what it writes is looked at.
 */
function mayMislead({ kind }: Mutation): boolean {
  return !['cut', 'charset', 'status', 'text', 'header'].includes(kind);
}
