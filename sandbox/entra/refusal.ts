/** Entra's refusals: an AADSTS number, its text, OAuth's error word and the HTTP status, in Entra's JSON body. */
import { randomUUID } from 'node:crypto';
import type { SandboxResponse } from '../kit/http-server.ts';

export class EntraRefusal extends Error {
  override readonly name = 'EntraRefusal';
  /** e.g. 7000215 */
  readonly code: number;
  /** OAuth's word, e.g. `invalid_client` */
  readonly error: string;
  readonly status: number;

  constructor(code: number, kind: { readonly error: string; readonly status: number }, message: string) {
    super(`AADSTS${String(code)}: ${message}`);
    this.code = code;
    this.error = kind.error;
    this.status = kind.status;
  }

  /** The correlation id is the client's own where it sent one (`client-request-id`). */
  response(correlationId: string | undefined): SandboxResponse {
    const traceId = randomUUID();
    const correlation = correlationId ?? randomUUID();
    const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
    return {
      status: this.status,
      headers: { 'cache-control': 'no-store, no-cache', 'x-ms-request-id': traceId },
      body: {
        error: this.error,
        error_description: `${this.message} Trace ID: ${traceId} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
        error_codes: [this.code],
        timestamp,
        trace_id: traceId,
        correlation_id: correlation,
        error_uri: `https://login.microsoftonline.com/error?code=${String(this.code)}`,
      },
    };
  }
}

const invalidClient = { error: 'invalid_client', status: 401 };
const invalidRequest = { error: 'invalid_request', status: 400 };
const federationHelp = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation';

const certificateHelp =
  'Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .';

/** Texts as public issue threads quote them (Azure/azure-workload-identity 1200, 1232; Azure/login 482; msal4j 984; azure-docs 21690). */
export const refusals = {
  unknownTenant: (tenant: string, error = 'invalid_request'): EntraRefusal =>
    new EntraRefusal(
      90002,
      { error, status: 400 },
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    ),
  unknownApplication: (clientId: string, tenant: string): EntraRefusal =>
    new EntraRefusal(
      700016,
      { error: 'unauthorized_client', status: 400 },
      `Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    ),
  wrongSecret: (clientId: string): EntraRefusal =>
    new EntraRefusal(
      7000215,
      invalidClient,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
    ),
  /** Text: msal-js and azure-cli threads about expired secrets. */
  expiredSecret: (clientId: string): EntraRefusal =>
    new EntraRefusal(
      7000222,
      invalidClient,
      `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    ),
  /** From memory. */
  onlyPost: (method: string): EntraRefusal =>
    new EntraRefusal(900561, invalidRequest, `The endpoint only accepts POST requests. Received a ${method} request.`),
  noCredential: (): EntraRefusal =>
    new EntraRefusal(
      7000216,
      invalidClient,
      `'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.`,
    ),
  missingParameter: (name: string): EntraRefusal =>
    new EntraRefusal(900144, invalidRequest, `The request body must contain the following parameter: '${name}'.`),
  unsupportedGrant: (grant: string): EntraRefusal =>
    new EntraRefusal(
      70003,
      { error: 'unsupported_grant_type', status: 400 },
      `The app requested an unsupported grant type '${grant}'.`,
    ),
  invalidScope: (scope: string): EntraRefusal =>
    new EntraRefusal(
      1002012,
      { error: 'invalid_scope', status: 400 },
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    ),
  unknownResource: (resource: string, tenant: string): EntraRefusal =>
    new EntraRefusal(
      500011,
      { error: 'invalid_resource', status: 400 },
      `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
    ),
  malformedAssertion: (): EntraRefusal => new EntraRefusal(50027, invalidRequest, 'JWT token is invalid or malformed.'),
  assertionTime: (now: Date, from: Date, until: Date): EntraRefusal =>
    new EntraRefusal(
      700024,
      invalidClient,
      `Client assertion is not within its valid time range. Current time: ${ticks(now)}, assertion valid from ${ticks(from)}, expiry time of assertion ${ticks(until)}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .`,
    ),
  assertionClient: (): EntraRefusal =>
    new EntraRefusal(
      700021,
      invalidClient,
      `Client assertion application identifier doesn't match 'client_id' parameter. ${certificateHelp}`,
    ),
  assertionRealm: (): EntraRefusal =>
    new EntraRefusal(
      700023,
      invalidClient,
      `Client assertion audience claim does not match Realm issuer. ${certificateHelp}`,
    ),
  unknownCertificate: (thumbprint: string): EntraRefusal => certificateRefused('The key was not found.', thumbprint),
  expiredCertificate: (thumbprint: string): EntraRefusal => certificateRefused('The key used is expired.', thumbprint),
  certificateSignature: (thumbprint: string): EntraRefusal =>
    certificateRefused('The provided signature value did not match the expected signature value.', thumbprint),
  noFederatedCredential: (): EntraRefusal =>
    new EntraRefusal(
      70025,
      invalidClient,
      `Client application has no configured federated identity credentials. Please go to Azure portal to configure federated identity credential for the client application. ${federationHelp}`,
    ),
  assertionIssuer: (issuer: string): EntraRefusal => mismatch(700211, `issuer '${issuer}'`),
  assertionAudience: (audience: string): EntraRefusal => mismatch(700212, `audience '${audience}'`),
  assertionSubject: (subject: string): EntraRefusal => mismatch(700213, `subject '${subject}'`),
  unknownInstance: (): EntraRefusal =>
    new EntraRefusal(50049, { error: 'invalid_instance', status: 400 }, 'Unknown or invalid instance.'),
  issuerUnreachable: (issuer: string): EntraRefusal =>
    new EntraRefusal(90061, invalidRequest, `Request to External OIDC endpoint failed. Issuer: '${issuer}'.`),
  keyNotPublished: (key: string, issuer: string): EntraRefusal =>
    new EntraRefusal(
      7000272,
      invalidClient,
      `The certificate with identifier ${key} used to sign the federated credential could not be found in the metadata of identity provider ${issuer}. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token.`,
    ),
  assertionSignature: (): EntraRefusal =>
    new EntraRefusal(
      50013,
      invalidClient,
      'Assertion failed signature validation. [Reason - The provided signature value did not match the expected signature value.]',
    ),
};

/** All three under one number: the reason tells them apart (msal-js 4871, azure-sdk-for-net 23279). */
function certificateRefused(reason: string, thumbprint: string): EntraRefusal {
  return new EntraRefusal(
    700027,
    invalidClient,
    `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - ${reason}, Thumbprint of key used by client: '${thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app]. ${certificateHelp}`,
  );
}

function mismatch(code: number, what: string): EntraRefusal {
  return new EntraRefusal(
    code,
    invalidClient,
    `No matching federated identity record found for presented assertion ${what}. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${federationHelp}`,
  );
}

/** .NET's round-trip form with seven decimals, as Entra prints times. */
function ticks(time: Date): string {
  return time.toISOString().replace('Z', '0000Z');
}
