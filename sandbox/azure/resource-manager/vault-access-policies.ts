/** Microsoft.KeyVault/vaults/accessPolicies: add, replace, remove; one request is one step, so that none is lost. */
import {
  changePolicies,
  maximumPolicies,
  permissionKinds,
  type AccessPolicy,
  type Permissions,
  type PolicyOperation,
} from '../state/access-policies.ts';
import { isGuid } from '../state/principals.ts';
import { resourceTypes, sameText } from '../state/resource-id.ts';
import type { Vault } from '../state/vaults.ts';
import { versions } from './api-versions.ts';
import { findResource } from './lookup.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, type Call, type Route } from './route.ts';

const vault = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${resourceTypes.vault}/{name}`;

export const accessPolicyRoutes: readonly Route[] = (['add', 'replace', 'remove'] as const).map((operation) => ({
  method: 'PUT',
  pattern: `${vault}/accessPolicies/${operation}`,
  versions: versions.vaults,
  action: `${resourceTypes.vault}/accessPolicies/write`,
  handle: (call) => change(call, operation),
}));

function change(call: Call, operation: PolicyOperation): ReturnType<typeof ok> {
  const found = findResource(call, 'vault', call.world.vaults.all());
  const after = changePolicies(found.policies, operation, readPolicies(call.body, found));
  if (after.length > maximumPolicies) {
    throw invalid(`The number of access policies (${after.length}) exceeds the maximum of ${maximumPolicies}.`);
  }
  found.policies = after;
  return ok({
    id: `${found.id}/accessPolicies/`,
    type: `${resourceTypes.vault}/accessPolicies`,
    properties: { accessPolicies: after },
  });
}

function readPolicies(body: unknown, { tenantId }: Vault): readonly AccessPolicy[] {
  const policies = (body as { readonly properties?: { readonly accessPolicies?: unknown } } | undefined)?.properties
    ?.accessPolicies;
  return readPolicyList(policies, tenantId);
}

/** `properties.accessPolicies` of any request. @throws ArmRefusal 400 */
export function readPolicyList(policies: unknown, vaultTenant: string): readonly AccessPolicy[] {
  if (!Array.isArray(policies)) throw invalid("The value for property 'properties.accessPolicies' is missing.");
  return policies.map((policy) => readPolicy(policy as Record<string, unknown>, vaultTenant));
}

function readPolicy(policy: Record<string, unknown>, vaultTenant: string): AccessPolicy {
  const { tenantId, objectId, applicationId, permissions } = policy;
  if (!isGuid(tenantId) || !sameText(tenantId, vaultTenant)) {
    throw invalid(
      `The access policy's tenant '${String(tenantId)}' is not the tenant of the vault ('${vaultTenant}').`,
    );
  }
  if (!isGuid(objectId)) throw invalid("An invalid value was provided for 'accessPolicies.objectId'.");
  const application = applicationId ?? undefined;
  if (application !== undefined && !isGuid(application)) {
    throw invalid("An invalid value was provided for 'accessPolicies.applicationId'.");
  }
  return {
    tenantId,
    objectId,
    ...(application === undefined ? {} : { applicationId: application }),
    permissions: readPermissions(permissions),
  };
}

function readPermissions(permissions: unknown): Permissions {
  if (typeof permissions !== 'object' || permissions === null) {
    throw invalid("An invalid value was provided for 'accessPolicies.permissions'.");
  }
  const unknown = Object.keys(permissions).filter((kind) => !permissionKinds.some((known) => known === kind));
  const lists = Object.values(permissions as Record<string, unknown>);
  const wellFormed = lists.every((list) => Array.isArray(list) && list.every((name) => typeof name === 'string'));
  if (unknown.length > 0 || !wellFormed) {
    throw invalid("An invalid value was provided for 'accessPolicies.permissions'.");
  }
  return permissions;
}

function invalid(message: string): ArmRefusal {
  return new ArmRefusal(400, 'BadRequest', message);
}
