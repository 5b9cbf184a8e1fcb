/** What a vault's access policies were a while ago: for those who learn of a change late. */
import type { Clock } from '../../kit/clock.ts';
import type { AccessPolicy } from './access-policies.ts';

interface Holder {
  policies: readonly AccessPolicy[];
}

interface Version {
  readonly policies: readonly AccessPolicy[];
  /** When the next version took its place. */
  readonly until: number;
}

const histories = new WeakMap<Holder, Version[]>();

/** Older versions than that nobody asks for. */
const longestMemory = 60 * 60 * 1000;

/** From now on, what is written to the holder's `policies` can be looked up by time. */
export function rememberPolicies(holder: Holder, now: Clock): void {
  let current = holder.policies;
  const history: Version[] = [];
  histories.set(holder, history);
  Object.defineProperty(holder, 'policies', {
    enumerable: true,
    configurable: true,
    get: () => current,
    set: (policies: readonly AccessPolicy[]) => {
      while (history[0] && history[0].until < now() - longestMemory) history.shift();
      history.push({ policies: current, until: now() });
      current = policies;
    },
  });
}

/** At that time, in milliseconds. */
export function policiesAt(holder: Holder, time: number): readonly AccessPolicy[] {
  return histories.get(holder)?.find(({ until }) => until > time)?.policies ?? holder.policies;
}
