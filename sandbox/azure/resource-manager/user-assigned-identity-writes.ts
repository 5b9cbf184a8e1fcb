/** Creating, tagging and deleting user-assigned identities, each with its principal in the directory. */
import { randomUUID } from 'node:crypto';
import type { SandboxResponse } from '../../kit/http-server.ts';
import { principalOf } from '../state/principals.ts';
import { resourceId, resourceTypes, sameText } from '../state/resource-id.ts';
import type { Identity } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { findGroup, findResource, listed } from './lookup.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, param, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';
import { readTags, requireLocation } from './tracked-resource.ts';
import { identityBody } from './user-assigned-identities.ts';

const one = {
  pattern: `/subscriptions/{subscription}/resourceGroups/{group}/providers/${resourceTypes.identity}/{name}`,
  versions: versions.identities,
};

export const identityWriteRoutes: readonly Route[] = [
  { ...one, method: 'PUT', action: `${resourceTypes.identity}/write`, handle: put },
  { ...one, method: 'PATCH', action: `${resourceTypes.identity}/write`, handle: patch },
  { ...one, method: 'DELETE', action: `${resourceTypes.identity}/delete`, handle: remove },
];

function found(call: Call): Identity | undefined {
  return listed(call, call.world.identities).find(({ name }) => sameText(name, param(call, 'name')));
}

function put(call: Call): SandboxResponse {
  const existing = found(call);
  const location = requireLocation(call, existing);
  if (existing) {
    existing.tags = readTags(call.body) ?? {};
    return ok(shapedFor(call, 'identity', identityBody(existing)));
  }
  const created = newIdentity(call, location);
  call.world.identities = [...call.world.identities, created];
  call.world.principals = [...call.world.principals, { ...principalOf(created), since: call.world.now() }];
  return ok(shapedFor(call, 'identity', identityBody(created)), 201);
}

/** Another principal every time: who makes an identity anew makes a stranger of the same name. */
function newIdentity(call: Call, location: string): Identity {
  const name = param(call, 'name');
  if (!/^[a-z0-9][-\w]{2,127}$/i.test(name)) {
    throw new ArmRefusal(400, 'InvalidRequestUri', `The resource name '${name}' is invalid.`);
  }
  const group = findGroup(call);
  const place = { subscriptionId: group.subscriptionId, resourceGroup: group.name, name };
  return {
    ...place,
    id: resourceId(place, 'identity'),
    location,
    tenantId: call.caller.tenantId,
    clientId: randomUUID(),
    principalId: randomUUID(),
    tags: readTags(call.body) ?? {},
  };
}

function patch(call: Call): SandboxResponse {
  const identity = findResource(call, 'identity', call.world.identities);
  identity.tags = readTags(call.body) ?? identity.tags;
  return ok(shapedFor(call, 'identity', identityBody(identity)));
}

/** Role assignments of its principal stay behind, as in Azure. */
function remove(call: Call): SandboxResponse {
  const identity = found(call);
  if (!identity) return { status: 204 };
  const { world } = call;
  world.identities = world.identities.filter((other) => other !== identity);
  world.principals = world.principals.filter(({ objectId }) => !sameText(objectId, identity.principalId));
  return { status: 200 };
}
