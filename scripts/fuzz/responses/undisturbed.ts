/** What the runs do where nobody changes an answer: the requests to choose from, and the state to compare with. */
import { systemClock } from '../../../src/runtime/clock.ts';
import type { Action, Case } from '../../reliability/cases.ts';
import { cases } from '../../reliability/cases.ts';
import type { State } from '../../reliability/judge.ts';
import { stateOf } from '../../reliability/judge.ts';
import type { KnownRequest } from '../../reliability/requests.ts';
import { isSame, known } from '../../reliability/requests.ts';
import type { Place } from '../place.ts';
import type { Answered } from '../watcher.ts';

export interface Undisturbed {
  readonly case: Case;
  readonly action: Action;
  readonly before: State;
  readonly after: State;
  readonly requests: readonly KnownRequest[];
  readonly hosts: readonly string[];
  readonly tokenHosts: readonly string[];
}

/** Every case with either action, in an order that never changes. */
export async function observeAll(place: Place): Promise<readonly Undisturbed[]> {
  const all: Undisturbed[] = [];
  for (const which of cases)
    for (const action of ['apply', 'remove'] as const) all.push(await observe(place, which, action));
  return all;
}

/** Azure as it is before the action: untouched, or as the other action leaves it. */
export async function begin(
  place: Place,
  { case: which, action }: Pick<Undisturbed, 'case' | 'action'>,
): Promise<void> {
  place.reset();
  place.watcher.begin();
  if (action === 'remove') await succeed(place, which, 'apply');
}

async function observe(place: Place, which: Case, action: Action): Promise<Undisturbed> {
  await begin(place, { case: which, action });
  const before = stateOf(place);
  const requests: KnownRequest[] = [];
  place.watcher.begin((event) => {
    if (isOfTask(event) && !requests.some((each) => isSame(event, each))) requests.push(known(event));
    return undefined;
  });
  await succeed(place, which, action);
  const { hosts, tokenHosts } = place.watcher;
  return { case: which, action, before, after: stateOf(place), requests: inOrder(requests), hosts, tokenHosts };
}

/** By the true time: nothing here has to be waited for, and a leap would be one over an answer that is slow to come. */
async function succeed(place: Place, which: Case, action: Action): Promise<void> {
  const { failure } = await which.run(place, action, systemClock);
  if (failure) throw new Error(`${which.title} (${action}) fails where nobody disturbs it: ${failure.message}`);
}

/** Entra reads the published keys of Azure DevOps by itself, and clusters ask themselves many things. */
function isOfTask({ server, method }: Answered): boolean {
  return !server.startsWith('cluster:') && !(server === 'azureDevOps' && method === 'GET');
}

/** Requests that go out side by side come in any order. */
function inOrder(requests: readonly KnownRequest[]): readonly KnownRequest[] {
  const key = ({ method, label, path }: KnownRequest): string => `${method} ${label} ${path.length}`;
  return [...requests].sort((left, right) => key(left).localeCompare(key(right)));
}
