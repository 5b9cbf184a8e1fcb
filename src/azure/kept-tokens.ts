import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import type { Clock } from '../runtime/clock.ts';

/** A token is renewed this long before it expires, in milliseconds. */
const EARLY = 5 * 60_000;

/**
 * Keeps tokens by scope for all clients of a session, and asks once for those who ask at the same time. The identity
 * library keeps tokens, too, but it asks for an assertion before it looks whether it needs one.
 */
export function keptTokens(credential: TokenCredential, clock: Clock): TokenCredential {
  const tokens = new Map<string, Promise<AccessToken | null>>();
  const isFresh = (token: AccessToken | null): boolean =>
    token !== null && (token.refreshAfterTimestamp ?? token.expiresOnTimestamp - EARLY) > clock.date().getTime();
  return {
    async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken | null> {
      const key = [scopes, options.claims, options.tenantId].flat().join(' ');
      const known = tokens.get(key);
      // A refusal is not kept: the next client may be luckier.
      const kept = await known?.catch(() => null);
      if (kept && isFresh(kept)) return kept;
      if (tokens.get(key) === known) tokens.set(key, credential.getToken(scopes, options));
      return (await tokens.get(key)) ?? null;
    },
  };
}
