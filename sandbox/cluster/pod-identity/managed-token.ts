/** A token of a managed identity, asked for as go-autorest's adal does, and refused in its words. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MetadataRequest, MetadataResponse } from '../../contracts.ts';

export interface ManagedToken {
  readonly access_token: string;
  readonly expires_in: string;
  readonly expires_on: string;
  readonly not_before: string;
  readonly resource: string;
  readonly token_type: string;
}

export class TokenError extends Error {
  override readonly name = 'TokenError';
  /** 0 where nobody answered. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export type AskMetadata = (request: MetadataRequest) => Promise<MetadataResponse>;

const PATH = '/metadata/identity/oauth2/token';
const RETRIED = new Set([404, 410, 429, 500, 502, 503, 504]);
const ATTEMPTS = 5;

/**
 * @param clientId empty: whatever identity the machine has (system-assigned)
 * @param timeScale factor on adal's pauses of 1, 2, 4, 8 s
 */
export async function managedToken(
  ask: AskMetadata,
  resource: string,
  clientId: string,
  timeScale: number,
): Promise<ManagedToken> {
  const query = new URLSearchParams({ 'api-version': '2018-02-01' });
  if (clientId !== '') query.set('client_id', clientId);
  query.set('resource', resource);
  const request = { method: 'GET', path: `${PATH}?${query.toString()}`, headers: { metadata: 'true' } };
  for (let attempt = 1; ; attempt++) {
    const response = await ask(request);
    if (response.status === 200) return tokenIn(response.body);
    if (!RETRIED.has(response.status) || attempt === ATTEMPTS) {
      const endpoint = `http://169.254.169.254${request.path}`;
      const text = `adal: Refresh request failed. Status Code = '${response.status}'. Response body: ${textOf(response.body)} Endpoint ${endpoint}`;
      throw new TokenError(response.status, text);
    }
    await sleep(2 ** (attempt - 1) * 1000 * timeScale);
  }
}

function tokenIn(body: unknown): ManagedToken {
  const fields = (typeof body === 'string' ? JSON.parse(body) : body) as Record<string, unknown>;
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return {
    access_token: text('access_token'),
    expires_in: text('expires_in'),
    expires_on: text('expires_on'),
    not_before: text('not_before'),
    resource: text('resource'),
    token_type: text('token_type'),
  };
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
