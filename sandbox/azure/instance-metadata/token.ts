/** The instance metadata service of a node: tokens of the identities on its scale set. */
import type { Clock } from '../../kit/clock.ts';
import type { SandboxCloud } from '../../clouds.ts';
import type { MetadataRequest, MetadataResponse, TokenAuthority } from '../../contracts.ts';
import { EntraRefusal } from '../../entra/refusal.ts';
import type { AgentSpec } from '../../scenario/types.ts';
import { createResources } from '../../entra/resources.ts';
import { notImitated } from '../../kit/http-server.ts';
import { sameText } from '../state/resource-id.ts';
import type { Identity, World } from '../state/world.ts';

/** Seconds; the service caches tokens for about a day. */
const usualLifetime = 86_400;

const tokenPath = '/metadata/identity/oauth2/token';
const versions = ['2018-02-01', '2018-04-02', '2018-10-01', '2019-02-01', '2019-08-01', '2019-08-15', '2019-11-01']
  .concat(['2020-06-01', '2020-09-01', '2020-10-01', '2020-12-01', '2021-01-01', '2021-02-01', '2021-05-01'])
  .concat(['2021-10-01', '2021-12-13', '2023-07-01', '2023-11-15', '2025-04-07']);

class MetadataRefusal extends Error {
  override readonly name = 'MetadataRefusal';
  readonly error: string;

  constructor(error: string, description: string) {
    super(description);
    this.error = error;
  }
}

export interface MetadataOptions {
  readonly cloud: SandboxCloud;
  readonly tokens: TokenAuthority;
  readonly now: Clock;
  /** Seconds that tokens are valid, in place of the service's own. */
  readonly lifetime?: number | undefined;
}

/** A virtual machine by its identities. */
export interface Machine {
  readonly systemAssigned?: Identity | undefined;
  readonly userAssigned: readonly Identity[];
}

/** A node of this scale set. */
export function nodeOf({ scaleSets, identities }: World, scaleSetId: string): Machine {
  const scaleSet = scaleSets.find(({ id }) => sameText(id, scaleSetId));
  const isAttached = ({ id }: Identity): boolean =>
    scaleSet?.identities.some((attachedId) => sameText(attachedId, id)) ?? false;
  return { userAssigned: identities.filter(isAttached) };
}

/** The machine of the pipeline agent. */
export function agentMachine({ identities }: World, agent: AgentSpec | undefined): Machine {
  const named = (wanted: string): Identity | undefined =>
    identities.find(({ resourceGroup, name }) => sameText(`${resourceGroup}/${name}`, wanted));
  return {
    systemAssigned: named(agent?.systemAssigned ?? ''),
    userAssigned: (agent?.userAssigned ?? []).map(named).filter((identity) => identity !== undefined),
  };
}

/** Answers `GET /metadata/identity/oauth2/token` on this machine. */
export async function answerMetadata(
  options: MetadataOptions,
  machine: Machine,
  request: MetadataRequest,
): Promise<MetadataResponse> {
  const { pathname, searchParams } = new URL(request.path, 'http://169.254.169.254');
  try {
    if (request.headers['metadata']?.toLowerCase() !== 'true') {
      throw new MetadataRefusal('bad_request_102', 'Required metadata header not specified');
    }
    if (request.method !== 'GET' || pathname.replaceAll(/\/+/g, '/').replace(/\/$/, '').toLowerCase() !== tokenPath) {
      const { status, body } = notImitated(`${request.method} ${pathname}`, 'sandbox/azure/instance-metadata/token.ts');
      return { status, body };
    }
    requireVersion(searchParams.get('api-version'));
    return {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: await token(options, machine, searchParams),
    };
  } catch (error) {
    if (!(error instanceof MetadataRefusal)) throw error;
    return {
      status: 400,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: { error: error.error, error_description: error.message },
    };
  }
}

function requireVersion(version: string | null): void {
  if (version !== null && versions.includes(version)) return;
  throw new MetadataRefusal(
    'invalid_request',
    `Bad request. api-version is invalid or was not specified in the request. Newest versions: ${versions.slice(-3).join(', ')}.`,
  );
}

async function token(
  { tokens, cloud, now, lifetime = usualLifetime }: MetadataOptions,
  machine: Machine,
  query: URLSearchParams,
): Promise<Readonly<Record<string, string>>> {
  const resource = query.get('resource');
  if (resource === null || resource === '') {
    throw new MetadataRefusal('invalid_request', 'Required audience parameter not specified');
  }
  const identity = choose(machine, query);
  requireResource(resource, identity.tenantId, cloud);
  const { clientId, tenantId, principalId: objectId } = identity;
  const seconds = Math.floor(now() / 1000);
  return {
    access_token: await tokens.issue({ tenantId, audience: resource, objectId, clientId }, lifetime),
    client_id: clientId,
    expires_in: String(lifetime),
    expires_on: String(seconds + lifetime),
    ext_expires_in: String(lifetime),
    not_before: String(seconds),
    resource,
    token_type: 'Bearer',
  };
}

/** Source of the three selectors: the instance metadata service's reference of managed identities. */
const selectors = [
  ['client_id', ({ clientId }: Identity) => clientId],
  ['object_id', ({ principalId }: Identity) => principalId],
  ['principal_id', ({ principalId }: Identity) => principalId],
  ['msi_res_id', ({ id }: Identity) => id],
  ['mi_res_id', ({ id }: Identity) => id],
] as const;

/** Where nothing is selected, the system-assigned identity is meant; without one the only user-assigned identity. */
function choose({ systemAssigned, userAssigned }: Machine, query: URLSearchParams): Identity {
  let found = systemAssigned ? [systemAssigned, ...userAssigned] : userAssigned;
  let selected = false;
  for (const [name, of] of selectors) {
    const wanted = query.get(name);
    if (wanted === null || wanted === '') continue;
    selected = true;
    found = found.filter((identity) => sameText(of(identity), wanted));
  }
  const [first, ...others] = found;
  if (!first) throw new MetadataRefusal('invalid_request', 'Identity not found');
  if (systemAssigned && !selected) return systemAssigned;
  if (others.length > 0 && !selected) {
    throw new MetadataRefusal(
      'invalid_request',
      'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
    );
  }
  return first;
}

/** Managed identities get tokens for the same resources as applications. */
function requireResource(resource: string, tenantId: string, cloud: SandboxCloud): void {
  try {
    createResources(cloud, () => `https://${cloud.resourceManager}`).named(resource, tenantId);
  } catch (error) {
    if (error instanceof EntraRefusal) throw new MetadataRefusal('invalid_resource', error.message);
    throw error;
  }
}
