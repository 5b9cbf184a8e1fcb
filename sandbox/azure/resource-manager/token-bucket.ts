/** A token bucket: full at the start, refilled continuously, never beyond its size. */
import type { Clock } from '../../kit/clock.ts';

export interface BucketLimits {
  readonly size: number;
  readonly perSecond: number;
}

export interface TokenBucket {
  /** Whole tokens that are there now. */
  remaining(): number;
  /** Takes one token. Only after {@link TokenBucket.remaining} said that there is one. */
  take(): void;
  /** Whole seconds until the next token is there, at least one: what `Retry-After` can say. */
  secondsToNext(): number;
}

export function createTokenBucket({ size, perSecond }: BucketLimits, now: Clock): TokenBucket {
  let tokens = size;
  let at = now();
  const refill = (): void => {
    const time = now();
    tokens = Math.min(size, tokens + ((time - at) / 1000) * perSecond);
    at = time;
  };
  return {
    remaining: () => {
      refill();
      return Math.floor(tokens);
    },
    take: () => {
      refill();
      tokens -= 1;
    },
    secondsToNext: () => {
      refill();
      return Math.max(1, Math.ceil((1 - tokens) / perSecond));
    },
  };
}
