/** Creating and changing vaults as a whole. There is no ETag: who writes back what was read undoes what others wrote meanwhile. */
import { notImitated, type SandboxResponse } from '../../kit/http-server.ts';
import { maximumPolicies, type AccessPolicy } from '../state/access-policies.ts';
import { resourceTypes, sameText } from '../state/resource-id.ts';
import type { Vault } from '../state/vaults.ts';
import { versions } from './api-versions.ts';
import { authorize } from './authorize.ts';
import { recoverVault } from './deleted-vaults.ts';
import { findResource, listed } from './lookup.ts';
import { newVault } from './new-vault.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, param, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';
import { readTags, requireLocation } from './tracked-resource.ts';
import { isRecovery, readVault, type VaultRequest } from './vault-request.ts';
import { vaultBody } from './vaults.ts';

const one = {
  pattern: `/subscriptions/{subscription}/resourceGroups/{group}/providers/${resourceTypes.vault}/{name}`,
  versions: versions.vaults,
  action: `${resourceTypes.vault}/write`,
};

export const vaultWriteRoutes: readonly Route[] = [
  { ...one, method: 'PUT', handle: put },
  { ...one, method: 'PATCH', handle: patch },
];

function put(call: Call): SandboxResponse {
  // A recovered vault comes back as it was: the rest of the request does not count.
  if (isRecovery(call.body)) return ok(bodyOf(call, recoverVault(call)));
  const existing = listed(call, call.world.vaults.all()).find(({ name }) => sameText(name, param(call, 'name')));
  const tenantId = existing?.tenantId ?? call.caller.tenantId;
  const request = readVault(call.body, tenantId);
  if (request.unknown !== undefined) return notImitatedHere(request.unknown);
  const location = requireLocation(call, existing);
  const vault = existing ?? newVault(call, location);
  replace(call, vault, { ...request, rbac: request.rbac ?? modelOf(call, existing) });
  if (!existing) call.world.vaults.add(vault);
  return ok(bodyOf(call, vault));
}

/** Policies and tags are what the request says, and none where it says nothing. */
function replace(call: Call, vault: Vault, request: VaultRequest): void {
  if (request.tenantId === undefined) throw refused("The parameter 'properties.tenantId' is missing.");
  // Documented for templates: without roles, a vault is written with its policies or not at all.
  if (request.policies === undefined && request.rbac !== true) {
    throw refused("The parameter 'properties.accessPolicies' is missing.");
  }
  const tags = readTags(call.body) ?? {};
  change(call, vault, { ...request, policies: request.policies ?? [] });
  vault.tags = tags;
}

/** Whether roles decide where the request does not say: as before, or the default of new vaults of this version. */
function modelOf({ version }: Call, existing: Vault | undefined): boolean {
  return existing ? existing.spec.rbac : version >= '2026-02-01';
}

/** What the request does not name stays as it is. */
function patch(call: Call): SandboxResponse {
  const vault = findResource(call, 'vault', call.world.vaults.all());
  const request = readVault(call.body, vault.tenantId);
  if (request.unknown !== undefined) return notImitatedHere(request.unknown);
  const tags = readTags(call.body) ?? vault.tags;
  change(call, vault, request);
  vault.tags = tags;
  return ok(bodyOf(call, vault));
}

function notImitatedHere(what: string): SandboxResponse {
  return notImitated(what, 'sandbox/azure/resource-manager/vault-writes.ts');
}

/** Nothing is written where anything is refused. */
function change(call: Call, vault: Vault, request: VaultRequest): void {
  const { spec, settings } = vault;
  requireRights(call, vault, request);
  if (spec.purgeProtection && request.purgeProtection === false) {
    throw refused(
      'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
    );
  }
  const policies = request.policies ?? vault.policies;
  requireUnique(policies);
  vault.policies = policies;
  vault.settings = { ...settings, ...request.settings };
  vault.spec = changed(spec, request);
}

/** Documented: who flips the model changes what every role and policy is worth. */
function requireRights(call: Call, vault: Vault, { rbac }: VaultRequest): void {
  const isNew = !call.world.vaults.all().includes(vault);
  if (isNew || rbac === undefined || rbac === vault.spec.rbac) return;
  authorize(call, 'Microsoft.Authorization/roleAssignments/write', vault.id);
}

function changed(spec: Vault['spec'], request: VaultRequest): Vault['spec'] {
  const { rbac, publicNetworkAccess, softDeleteRetentionInDays, purgeProtection, networkAcls } = request;
  const said = { rbac, publicNetworkAccess, softDeleteRetentionInDays, purgeProtection, networkAcls };
  return { ...spec, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) };
}

function requireUnique(policies: readonly AccessPolicy[]): void {
  if (policies.length > maximumPolicies) {
    throw refused(`The number of access policies (${policies.length}) exceeds the maximum of ${maximumPolicies}.`);
  }
  const keys = policies.map(({ objectId, applicationId }) => `${objectId} ${applicationId ?? ''}`.toLowerCase());
  if (new Set(keys).size < keys.length) throw refused('The access policies name an object id more than once.');
}

function bodyOf(call: Call, vault: Vault): object {
  return shapedFor(call, 'vault', vaultBody(vault));
}

function refused(message: string): ArmRefusal {
  return new ArmRefusal(400, 'BadRequest', message);
}
