/**
 * Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials. Limits and refusals: Microsoft's page on
 * federated identity credentials (error codes), texts from public issue threads.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxResponse } from '../../kit/http-server.ts';
import { maximumFederatedCredentials, type FederatedCredential } from '../state/federated-credentials.ts';
import { resourceTypes, withLowerCaseGroups } from '../state/resource-id.ts';
import type { Identity } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { armErrors } from './errors.ts';
import { findResource } from './lookup.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, param, type Call, type Route } from './route.ts';

const type = `${resourceTypes.identity}/federatedIdentityCredentials`;
const all = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${resourceTypes.identity}/{name}/federatedIdentityCredentials`;
const one = { pattern: `${all}/{credential}`, versions: versions.federatedCredentials };

/** Of one write: long enough for another request to come in between. */
const writeMilliseconds = 20;

export const federatedCredentialRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: all,
    versions: versions.federatedCredentials,
    action: `${type}/read`,
    scope: (_params, path) => path.slice(0, path.lastIndexOf('/')),
    handle: list,
  },
  { ...one, method: 'GET', action: `${type}/read`, handle: get },
  { ...one, method: 'PUT', action: `${type}/write`, handle: (call) => alone(call, () => put(call)) },
  { ...one, method: 'DELETE', action: `${type}/delete`, handle: (call) => alone(call, () => remove(call)) },
];

function list(call: Call): SandboxResponse {
  const identity = identityOf(call);
  const credentials = call.world.federatedCredentials.of(identity.principalId);
  return ok({ value: credentials.map((credential) => bodyOf(identity, credential)) });
}

function get(call: Call): SandboxResponse {
  const identity = identityOf(call);
  const name = param(call, 'credential');
  const found = call.world.federatedCredentials.find(identity.principalId, name);
  if (!found) throw armErrors.resourceNotFound(`${type}/${identity.name}/${name}`, param(call, 'group'));
  return ok(bodyOf(identity, found));
}

function put(call: Call): SandboxResponse {
  const identity = identityOf(call);
  const { federatedCredentials } = call.world;
  const credential = readCredential(call);
  const before = federatedCredentials.find(identity.principalId, credential.name);
  const others = federatedCredentials.of(identity.principalId).filter((each) => each !== before);
  if (others.some(({ issuer, subject }) => issuer === credential.issuer && subject === credential.subject)) {
    throw refusal(409, 'Conflict', 'Issuer and subject combination already exists for this Managed Identity.');
  }
  if (!before && others.length >= maximumFederatedCredentials) {
    throw refusal(
      400,
      'BadRequest',
      'Too many Federated Identity Credentials have already been added to this resource.',
    );
  }
  federatedCredentials.put(identity.principalId, credential);
  return ok(bodyOf(identity, credential), before ? 200 : 201);
}

function remove(call: Call): SandboxResponse {
  const { principalId } = identityOf(call);
  return { status: call.world.federatedCredentials.remove(principalId, param(call, 'credential')) ? 200 : 204 };
}

/** The service takes one write of an identity at a time, and refuses what comes in between. */
async function alone(call: Call, write: () => SandboxResponse): Promise<SandboxResponse> {
  const { id, principalId } = identityOf(call);
  const { writing } = call.world.federatedCredentials;
  if (writing.has(principalId)) {
    throw refusal(
      409,
      'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity',
      `Too many Federated Identity Credentials are written concurrently for the managed identity '${withLowerCaseGroups(id)}'. Concurrent Federated Identity Credentials writes under the same managed identity are not supported.`,
    );
  }
  writing.add(principalId);
  try {
    await sleep(writeMilliseconds);
    return write();
  } finally {
    writing.delete(principalId);
  }
}

function identityOf(call: Call): Identity {
  return findResource(call, 'identity', call.world.identities);
}

interface WrittenCredential {
  readonly issuer?: unknown;
  readonly subject?: unknown;
  readonly audiences?: unknown;
}

function readCredential(call: Call): FederatedCredential {
  const name = param(call, 'credential');
  if (!/^[a-z0-9][a-z0-9_-]{2,119}$/i.test(name)) {
    throw refusal(400, 'BadRequest', `The name '${name}' of the federated identity credential is not valid.`);
  }
  const { properties } = (call.body ?? {}) as { readonly properties?: WrittenCredential };
  const audiences = Array.isArray(properties?.audiences) ? (properties.audiences as readonly unknown[]) : [];
  if (audiences.length !== 1) throw refusal(400, 'BadRequest', "The property 'audiences' must have exactly one value.");
  return {
    name,
    issuer: textOf('issuer', properties?.issuer),
    subject: textOf('subject', properties?.subject),
    audience: textOf('audience', audiences[0]),
  };
}

function textOf(what: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= 600) return value;
  throw refusal(400, 'BadRequest', `The property '${what}' must be a text of 1 to 600 characters.`);
}

function refusal(status: number, code: string, message: string): ArmRefusal {
  return new ArmRefusal(status, code, message);
}

function bodyOf(identity: Identity, { name, issuer, subject, audience }: FederatedCredential): object {
  return {
    id: `${withLowerCaseGroups(identity.id)}/federatedIdentityCredentials/${name}`,
    name,
    type,
    properties: { issuer, subject, audiences: [audience] },
  };
}
