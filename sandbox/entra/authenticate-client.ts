/** Whether a client is the application that it says it is: by a secret, by its certificate, or by a federated assertion. */
import type { Clock } from '../kit/clock.ts';
import type { SandboxRequest } from '../kit/http-server.ts';
import type { ApplicationSpec } from '../scenario/types.ts';
import type { ApplicationCertificates } from './application-certificates.ts';
import { checkFederatedAssertion, namesItself, type PublishedKeys } from './assertion.ts';
import { checkCertificateAssertion } from './client-certificate.ts';
import { refusals } from './refusal.ts';

export interface ClientKeys {
  readonly publishedKeys: PublishedKeys;
  readonly certificates: ApplicationCertificates;
  readonly now: Clock;
  /** Whether the application's federated credentials are known yet. */
  readonly isFederated: (application: ApplicationSpec) => boolean;
}

export interface Presented {
  readonly secret: string | null;
  readonly assertion: string | null;
}

export interface Client {
  readonly application: ApplicationSpec;
  /** What an assertion that it signed itself may be for. */
  readonly audiences: readonly string[];
}

/** @throws EntraRefusal */
export async function authenticateClient(
  keys: ClientKeys,
  { secret, assertion }: Presented,
  { application, audiences }: Client,
): Promise<void> {
  if (assertion !== null && namesItself(assertion)) {
    const registered = keys.certificates.get(application.clientId.toLowerCase());
    await checkCertificateAssertion({ assertion, application, registered, audiences, now: keys.now });
  } else if (assertion !== null) {
    await checkFederatedAssertion(assertion, application, keys);
  } else {
    checkSecret(secret, application);
  }
}

function checkSecret(secret: string | null, application: ApplicationSpec): void {
  if (secret === null) throw refusals.noCredential();
  if (secret !== application.secret) throw refusals.wrongSecret(application.clientId);
  if (application.secretExpired === true) throw refusals.expiredSecret(application.clientId);
}

/** Client id and secret from the body, or from an HTTP Basic header (client_secret_basic). */
export function credentialsOf(
  request: SandboxRequest,
  body: URLSearchParams,
): { readonly clientId: string; readonly secret: string | null } {
  const basic = /^Basic (?<value>.+)$/i.exec(request.headers.authorization ?? '')?.groups?.['value'];
  if (basic === undefined) return { clientId: required(body, 'client_id'), secret: body.get('client_secret') };
  const [clientId = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { clientId: decodeURIComponent(clientId), secret: decodeURIComponent(secret.join(':')) };
}

/** @throws EntraRefusal 900144 */
export function required(body: URLSearchParams, name: string): string {
  const value = body.get(name);
  if (value === null || value === '') throw refusals.missingParameter(name);
  return value;
}
