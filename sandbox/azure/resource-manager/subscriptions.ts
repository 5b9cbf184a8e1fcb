/** Subscriptions and resource groups. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { isAllowed, isKnownAt } from '../authorization/decide.ts';
import { sameText } from '../state/resource-id.ts';
import type { ResourceGroup, Subscription } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { armErrors } from './errors.ts';
import { findGroup } from './lookup.ts';
import { ok, param, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';

const readGroups = 'Microsoft.Resources/subscriptions/resourceGroups/read';

export const subscriptionRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/subscriptions', versions: versions.subscriptions, handle: listSubscriptions },
  {
    method: 'GET',
    pattern: '/subscriptions/{subscription}',
    versions: versions.subscriptions,
    action: 'Microsoft.Resources/subscriptions/read',
    handle: getSubscription,
  },
  {
    method: 'GET',
    pattern: '/subscriptions/{subscription}/resourceGroups',
    versions: versions.resources,
    handle: listGroups,
  },
  {
    method: 'GET',
    pattern: '/subscriptions/{subscription}/resourceGroups/{group}',
    versions: versions.resources,
    action: readGroups,
    handle: (call) => ok(groupBody(findGroup(call))),
  },
];

/** Whoever holds any role in a subscription sees it. */
function listSubscriptions(call: Call): SandboxResponse {
  const { world, caller } = call;
  const value = world.subscriptions
    .filter(({ tenantId }) => tenantId === caller.tenantId)
    .filter(({ id }) => isKnownAt(world, caller.objectId, `/subscriptions/${id}`))
    .map((subscription) => shapedFor(call, 'subscription', subscriptionBody(subscription)));
  return ok({ value, count: { type: 'Total', value: value.length } });
}

function getSubscription(call: Call): SandboxResponse {
  const id = param(call, 'subscription');
  const subscription = call.world.subscriptions.find((candidate) => sameText(candidate.id, id));
  if (!subscription) throw armErrors.subscriptionNotFound(id);
  return ok(shapedFor(call, 'subscription', subscriptionBody(subscription)));
}

/** Not refused but narrowed to what the caller may read. */
function listGroups(call: Call): SandboxResponse {
  const { world, caller } = call;
  const value = world.groups
    .filter(({ subscriptionId }) => sameText(subscriptionId, param(call, 'subscription')))
    .filter(({ id }) => isAllowed(world, { objectId: caller.objectId, action: readGroups, scope: id }))
    .map(groupBody);
  return ok({ value });
}

export function subscriptionBody({ id, name, tenantId }: Subscription): object {
  return {
    id: `/subscriptions/${id}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: id,
    tenantId,
    displayName: name,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}

export function groupBody({ id, name, location }: ResourceGroup): object {
  return {
    id,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location,
    properties: { provisioningState: 'Succeeded' },
  };
}
