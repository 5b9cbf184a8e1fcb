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
  /** A new token in place of one that a service does not accept; null for one that did not come from here. */
  renew(refused: string): Promise<AccessToken | null>;
}

interface Kept {
  readonly scopes: string | string[];
  readonly options: GetTokenOptions;
  readonly token: Promise<AccessToken | null>;
  readonly asked: number;
  /** A refusal that nobody has heard of yet is not asked for again. */
  heard: boolean;
}

/** Keeps tokens by scope for all clients of a session, and asks once for those who ask at the same time. */
export function keptTokens(credential: TokenCredential, clock: Clock): KeptTokens {
  const keeper = new TokenKeeper(credential, clock);
  return {
    begin: async (scopes) => {
      await Promise.allSettled([keeper.ask(scopes, {}, false).token]);
    },
    getToken: (scopes, options = {}) => keeper.get(scopes, options),
    renew: (refused) => keeper.renew(refused),
  };
}

class TokenKeeper {
  readonly #credential: TokenCredential;
  readonly #clock: Clock;
  readonly #tokens = new Map<string, Kept>();
  /** Keys of tokens that were refused: several requests may carry the same one. */
  readonly #refused = new Map<string, string>();

  constructor(credential: TokenCredential, clock: Clock) {
    this.#credential = credential;
    this.#clock = clock;
  }

  ask(scopes: string | string[], options: GetTokenOptions, heard = true): Kept {
    const kept = { scopes, options, token: this.#credential.getToken(scopes, options), asked: this.#now(), heard };
    this.#tokens.set(keyOf(scopes, options), kept);
    return kept;
  }

  async get(scopes: string | string[], options: GetTokenOptions): Promise<AccessToken | null> {
    const key = keyOf(scopes, options);
    const known = this.#tokens.get(key);
    if (known && !known.heard) {
      known.heard = true;
      return known.token;
    }
    // A refusal is not kept: the next client may be luckier.
    const token = await known?.token.catch(() => null);
    if (known && token && isFresh(token, known.asked, this.#now())) return token;
    return this.#newer(key, known)?.token ?? this.ask(scopes, options).token;
  }

  async renew(refused: string): Promise<AccessToken | null> {
    const key = await this.#keyOfToken(refused);
    const known = key === undefined ? undefined : this.#tokens.get(key);
    if (key === undefined || !known) return null;
    this.#refused.set(refused, key);
    const token = await known.token.catch(() => null);
    if (token && token.token !== refused) return token;
    return this.#newer(key, known)?.token ?? this.ask(known.scopes, known.options).token;
  }

  /** One that somebody else has asked for meanwhile. */
  #newer(key: string, known: Kept | undefined): Kept | undefined {
    const current = this.#tokens.get(key);
    return current === known ? undefined : current;
  }

  async #keyOfToken(wanted: string): Promise<string | undefined> {
    for (const [key, { token }] of this.#tokens) if ((await token.catch(() => null))?.token === wanted) return key;
    return this.#refused.get(wanted);
  }

  #now(): number {
    return this.#clock.date().getTime();
  }
}

function keyOf(scopes: string | string[], { claims, tenantId }: GetTokenOptions = {}): string {
  return [scopes, claims, tenantId].flat().join(' ');
}

function isFresh(token: AccessToken, asked: number, now: number): boolean {
  const { expiresOnTimestamp: end, refreshAfterTimestamp } = token;
  return now < (refreshAfterTimestamp ?? end - Math.min(EARLY, (end - asked) / 2));
}
