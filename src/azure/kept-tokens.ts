import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import type { Clock } from '../runtime/clock.ts';

/** A token is renewed this long before it expires, in milliseconds; one that lives less than twice that, at half its life. */
const EARLY = 5 * 60_000;

export interface KeptTokens extends TokenCredential {
  /**
   * Asks for a token that will be wanted soon. Whoever wants it first gets it, or the refusal; this promise only says
   * that there is an answer.
   */
  begin(scopes: string | string[]): Promise<void>;
}

interface Kept {
  readonly token: Promise<AccessToken | null>;
  readonly asked: number;
  /** A refusal that nobody has heard of yet is not asked for again. */
  heard: boolean;
}

/** Keeps tokens by scope for all clients of a session, and asks once for those who ask at the same time. */
export function keptTokens(credential: TokenCredential, clock: Clock): KeptTokens {
  const tokens = new Map<string, Kept>();
  const now = (): number => clock.date().getTime();
  const ask = (key: string, heard: boolean, token: Promise<AccessToken | null>): Kept => {
    const kept = { token, asked: now(), heard };
    tokens.set(key, kept);
    return kept;
  };
  return {
    async begin(scopes) {
      await Promise.allSettled([ask(keyOf(scopes), false, credential.getToken(scopes)).token]);
    },
    async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken | null> {
      const key = keyOf(scopes, options);
      const known = tokens.get(key);
      if (known && !known.heard) {
        known.heard = true;
        return known.token;
      }
      // A refusal is not kept: the next client may be luckier.
      const token = await known?.token.catch(() => null);
      if (known && token && isFresh(token, known.asked, now())) return token;
      const current = tokens.get(key);
      if (current && current !== known) return current.token;
      return ask(key, true, credential.getToken(scopes, options)).token;
    },
  };
}

function keyOf(scopes: string | string[], { claims, tenantId }: GetTokenOptions = {}): string {
  return [scopes, claims, tenantId].flat().join(' ');
}

function isFresh(token: AccessToken, asked: number, now: number): boolean {
  const { expiresOnTimestamp: end, refreshAfterTimestamp } = token;
  return now < (refreshAfterTimestamp ?? end - Math.min(EARLY, (end - asked) / 2));
}
