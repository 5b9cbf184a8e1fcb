/** One cell of the table: a run that a fault strikes, and the run after it. */
import { isDeepStrictEqual } from 'node:util';
import { outputOf } from '../../tests/support/in-process.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { leapingClock } from '../../tests/support/leaping-clock.ts';
import type { Action, Case } from './cases.ts';
import type { FaultKind, Length } from './faults.ts';
import { findLeaks } from '../../tests/support/leaks.ts';
import type { State, Struck } from './judge.ts';
import { problemsOfFault, problemsOfNext, stateOf } from './judge.ts';
import type { Place } from './place.ts';
import { runProcess } from './process.ts';
import type { KnownRequest } from './requests.ts';
import type { Seen, Strike } from './striker.ts';
import { happening, staleAnswer, tunnelling } from './striker.ts';

/** An action of a case where nobody disturbs it. */
export interface Undisturbed {
  readonly case: Case;
  readonly action: Action;
  readonly before: State;
  readonly after: State;
  readonly requests: readonly Seen[];
  /** The same action once more, when there is nothing left to do. */
  readonly again: readonly Seen[];
}

export interface Cell {
  readonly undisturbed: Undisturbed;
  readonly request: KnownRequest;
  readonly kind: FaultKind;
  readonly length: Length;
}

export type Verdict =
  | { readonly result: 'this run' | 'next run'; readonly code?: string }
  | { readonly result: 'none'; readonly because: string }
  | { readonly result: 'failed'; readonly problems: readonly string[] };

export async function observe(place: Place, which: Case, action: Action): Promise<Undisturbed> {
  await begin(place, which, action);
  const before = stateOf(place.world);
  const requests = await observedRun(place, which, action);
  const after = stateOf(place.world);
  if (isDeepStrictEqual(before, after)) throw new Error(`${which.title} (${action}) changes nothing.`);
  const again = await observedRun(place, which, action);
  return { case: which, action, before, after, requests, again };
}

async function observedRun(place: Place, which: Case, action: Action): Promise<readonly Seen[]> {
  const seen = place.striker.observe();
  const { failure } = await which.run(place, action, systemClock);
  if (failure) throw new Error(`${which.title} (${action}) fails where nobody disturbs it: ${failure.message}`);
  return [...seen];
}

/** Azure as it is before the action: untouched, or as the other action leaves it. */
async function begin(place: Place, which: Case, action: Action): Promise<void> {
  place.world.sandbox.azure.reset();
  if (action === 'apply') return;
  const { failure } = await which.run(place, 'apply', systemClock);
  if (failure) throw new Error(`${which.title} cannot be applied: ${failure.message}`);
}

export async function judge(place: Place, cell: Cell): Promise<Verdict> {
  const because = impossible(cell);
  if (because !== undefined) return { result: 'none', because };
  const { undisturbed, kind } = cell;
  const { case: which, action, before, after } = undisturbed;
  await begin(place, which, action);
  place.forget();
  if (kind.type === 'stale') await which.run(place, action, systemClock);
  const struck = kind.type === 'process' ? await runProcess(place, cell, kind.happens) : await runHere(place, cell);
  if (!struck) return { result: 'failed', problems: ['the fault did not strike'] };
  const between = stateOf(place.world);
  const next = await which.run(place, action, systemClock);
  return verdictOf(struck, [
    ...problemsOfFault(struck, between, {
      before: kind.type === 'stale' ? after : before,
      after,
      steps: stepsOf(cell),
    }),
    ...problemsOfNext(struck, next, { found: stateOf(place.world), wanted: after }),
    ...leaksIn([...struck.output, ...outputOf(next)], place),
  ]);
}

function stepsOf({ kind, request, undisturbed }: Cell): readonly RegExp[] {
  if (!('spreads' in kind) || !kind.spreads) return [request.step];
  return undisturbed.requests.filter((seen) => seen.request.server === request.server).map((seen) => seen.request.step);
}

/** Secrets that stand in what runs printed and left. */
export function leaksIn(output: readonly string[], { secrets }: Place): readonly string[] {
  const found = findLeaks(secrets(), [{ name: 'what the runs printed and reported', content: output.join('\n') }]);
  return [...new Set(found)];
}

function verdictOf({ succeeded, failure }: Struck, problems: readonly string[]): Verdict {
  if (problems.length > 0) return { result: 'failed', problems };
  return succeeded ? { result: 'this run' } : { result: 'next run', ...(failure ? { code: failure.code } : {}) };
}

function impossible({ kind, request, undisturbed }: Cell): string | undefined {
  switch (kind.type) {
    case 'answer':
      return kind.impossible?.(request);
    case 'tunnel':
      return request.server === 'agentMetadata' ? 'never goes through a proxy' : undefined;
    case 'stale':
      return staleResponse(undisturbed, request) ? undefined : 'says nothing that a write changes';
    case 'process':
      return kind.happens === 'killAfter' && !request.writes ? 'changes nothing' : undefined;
  }
}

/** What the read was answered before the write, where that differs from what it is answered after it. */
function staleResponse({ requests, again }: Undisturbed, { path, method, writes }: KnownRequest): Seen | undefined {
  const answered = (seen: readonly Seen[]): Seen | undefined =>
    seen.find(({ request }) => request.path === path && request.method === method);
  const [before, after] = [answered(requests), answered(again)];
  if (writes || method !== 'GET' || !before || !after) return undefined;
  return isDeepStrictEqual(before.response.body, after.response.body) ? undefined : before;
}

async function runHere(place: Place, cell: Cell): Promise<Struck | undefined> {
  const [{ undisturbed }, { striker }] = [cell, place];
  striker.arm(strikeOf(cell));
  // Most of a run that is struck are pauses.
  const clock = leapingClock(() => striker.events);
  const run = await undisturbed.case.run(place, undisturbed.action, clock);
  if (!striker.disarm()) return undefined;
  return { succeeded: !run.failure, failure: run.failure, killed: false, output: outputOf(run) };
}

function strikeOf({ kind, request, length, undisturbed }: Cell): Strike {
  if (kind.type === 'answer') return happening(request, kind.happens, length);
  if (kind.type === 'tunnel') return tunnelling(request, kind.happens, length);
  const stale = staleResponse(undisturbed, request);
  if (kind.type !== 'stale' || !stale) throw new Error(`${kind.name} is nothing that a server does.`);
  return staleAnswer(request, stale.response);
}
