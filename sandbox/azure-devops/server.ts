/** Azure DevOps, as far as a task asks it: id tokens of service connections, and the discovery that its own client does first. */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../kit/clock.ts';
import type { Handler, SandboxRequest, SandboxResponse } from '../kit/http-server.ts';
import { createSigningKey, type SigningKey } from '../kit/signing-key.ts';
import type { ServiceConnectionSpec } from '../scenario/types.ts';
import { serviceError, signIn, unauthorized } from './answers.ts';
import { locations } from './locations.ts';
import { issuer, organization, project, type Job } from './organization.ts';

/** The service's id tokens live for ten minutes. */
export const idTokenLifetime = 600;

export interface AzureDevOpsOptions {
  /** Of the id tokens: what Entra of the connections' cloud exchanges. */
  readonly audience: string;
  readonly serviceConnections: readonly ServiceConnectionSpec[];
  /** Jobs that run now. */
  readonly jobs: () => readonly Job[];
  readonly now: Clock;
}

export async function createAzureDevOps(options: AzureDevOpsOptions): Promise<Handler> {
  const key = await createSigningKey();
  return (request) => issuerDocument(key, request) ?? collection(options, key, request);
}

function issuerDocument(key: SigningKey, request: SandboxRequest): SandboxResponse | undefined {
  const base = `/${organization.id}/.well-known`;
  if (request.url.pathname === `${base}/jwks`) return { status: 200, body: key.published };
  if (request.url.pathname !== `${base}/openid-configuration`) return undefined;
  return {
    status: 200,
    body: {
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks`,
      subject_types_supported: ['public', 'pairwise'],
      response_types_supported: ['id_token'],
      claims_supported: ['sub', 'aud', 'exp', 'iat', 'iss', 'jti', 'nbf'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid'],
    },
  };
}

async function collection(
  options: AzureDevOpsOptions,
  key: SigningKey,
  request: SandboxRequest,
): Promise<SandboxResponse> {
  const path = request.url.pathname;
  if (path === '/_signin') return signIn();
  const job = jobOf(options.jobs(), request);
  if (job === 'nobody') return unauthorized(request);
  if (job !== undefined) request.identify(`job ${job.jobId}`);
  const prefix = `/${organization.name}/`;
  if (!path.toLowerCase().startsWith(prefix)) return notFound(path);
  const rest = path.slice(prefix.length);
  const discovered = locations(request, rest);
  if (discovered) return discovered;
  const hub = oidcRoute.exec(rest)?.groups;
  if (request.method !== 'POST' || !hub) return notFound(path);
  if (job === undefined) return unauthorized(request);
  return idToken(options, key, { request, job, hub });
}

const oidcRoute =
  /^(?<scope>[^/]+)\/_apis\/distributedtask\/hubs\/(?<hub>build|release|rm|checks|deployment|gates)\/plans\/(?<plan>[^/]+)\/jobs\/(?<job>[^/]+)\/oidctoken$/i;

interface IdTokenRequest {
  readonly request: SandboxRequest;
  readonly job: Job;
  readonly hub: Readonly<Record<string, string | undefined>>;
}

async function idToken(options: AzureDevOpsOptions, key: SigningKey, asked: IdTokenRequest): Promise<SandboxResponse> {
  const refusal = refusalOf(asked);
  if (refusal) return refusal;
  const subject = subjectOf(options.serviceConnections, asked.request.url.searchParams.get('serviceConnectionId'));
  if (typeof subject !== 'string') return subject;
  const now = Math.floor(options.now() / 1000);
  const oidcToken = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: key.id, x5t: key.id })
    .setSubject(subject)
    .setAudience(options.audience)
    .setIssuer(issuer)
    .setNotBefore(now)
    .setIssuedAt(now)
    .setExpirationTime(now + idTokenLifetime)
    .sign(key.privateKey);
  return { status: 200, body: { oidcToken } };
}

function refusalOf({ request, job, hub }: IdTokenRequest): SandboxResponse | undefined {
  const { scope = '', plan = '', job: jobId = '' } = hub;
  if (!hasApiVersion(request)) return noApiVersion();
  if (![project.id, project.name].includes(scope.toLowerCase())) {
    const message = `VS800075: The project with id '${scope}' does not exist, or you do not have permission to access it.`;
    return serviceError(404, 'ProjectDoesNotExistException', message);
  }
  if (plan.toLowerCase() === job.planId && jobId.toLowerCase() === job.jobId) return undefined;
  return serviceError(404, 'TaskOrchestrationPlanNotFoundException', `Plan ${plan} with job ${jobId} was not found.`);
}

function subjectOf(connections: readonly ServiceConnectionSpec[], id: string | null): string | SandboxResponse {
  if (id === null || id === '') return `p://${organization.name}/${project.name}/sandbox`;
  const connection = connections.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
  if (!connection) {
    return serviceError(
      404,
      'ServiceEndpointNotFoundException',
      `Service connection with id ${id} was not found, or it is not authorized for this job.`,
    );
  }
  if (connection.kind !== 'AzureRM' || connection.scheme !== 'WorkloadIdentityFederation') {
    return serviceError(
      400,
      'ServiceEndpointException',
      `Service connection ${connection.name} does not use workload identity federation.`,
    );
  }
  return `sc://${organization.name}/${project.name}/${connection.name}`;
}

/** Undefined where the request carries no credentials, `nobody` where they are wrong. */
function jobOf(jobs: readonly Job[], { headers }: SandboxRequest): Job | 'nobody' | undefined {
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(' ');
  if (scheme === '') return undefined;
  const token =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(value, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '')
      : value;
  return jobs.find(({ accessToken }) => equal(accessToken, token)) ?? 'nobody';
}

function equal(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function hasApiVersion({ url, headers }: SandboxRequest): boolean {
  return url.searchParams.has('api-version') || /api-version=/i.test(headers.accept ?? '');
}

function noApiVersion(): SandboxResponse {
  return serviceError(
    400,
    'VssVersionNotSpecifiedException',
    'No api-version was supplied for the "POST" request. The version must be supplied either as part of the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").',
  );
}

function notFound(path: string): SandboxResponse {
  return serviceError(
    404,
    'HttpException',
    `The controller for path '${path}' was not found or does not implement IController.`,
  );
}
