/** Microsoft.KeyVault/deletedVaults: deleting, recovering and purging. Bodies: recordings of azure-cli's keyvault tests. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { covers, resourceTypes, sameText } from '../state/resource-id.ts';
import { deletedVaultNamed, type DeletedVault, type Vault } from '../state/vaults.ts';
import { versions } from './api-versions.ts';
import { listed } from './lookup.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, param, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';

const provider = '/subscriptions/{subscription}/providers/Microsoft.KeyVault';
const one = `${provider}/locations/{location}/deletedVaults/{name}`;
const common = { versions: versions.vaults };

export const deletedVaultRoutes: readonly Route[] = [
  {
    ...common,
    method: 'DELETE',
    pattern: `/subscriptions/{subscription}/resourceGroups/{group}/providers/${resourceTypes.vault}/{name}`,
    action: `${resourceTypes.vault}/delete`,
    handle: remove,
  },
  {
    ...common,
    method: 'GET',
    pattern: `${provider}/deletedVaults`,
    action: 'Microsoft.KeyVault/deletedVaults/read',
    scope: (_params, path) => path.slice(0, path.lastIndexOf('/')),
    handle: (call) => ok({ value: inSubscription(call).map((each) => deletedVaultBody(call, each)) }),
  },
  {
    ...common,
    method: 'GET',
    pattern: one,
    action: 'Microsoft.KeyVault/locations/deletedVaults/read',
    handle: (call) => ok(deletedVaultBody(call, find(call))),
  },
  {
    ...common,
    method: 'POST',
    pattern: `${one}/purge`,
    action: 'Microsoft.KeyVault/locations/deletedVaults/purge/action',
    scope: (_params, path) => path.slice(0, path.lastIndexOf('/')),
    handle: purge,
  },
  {
    ...common,
    method: 'GET',
    pattern: `${provider}/locations/{location}/operationResults/{operation}`,
    action: 'Microsoft.KeyVault/locations/operationResults/read',
    handle: operationResult,
  },
];

/** 204 where there is no such vault. Role assignments on the vault go with it and do not come back. */
function remove(call: Call): SandboxResponse {
  const { vaults, assignments } = call.world;
  const vault = listed(call, vaults.all()).find(({ name }) => sameText(name, param(call, 'name')));
  if (!vault) return { status: 204 };
  vaults.remove(vault);
  for (const { scope, name } of assignments.all()) if (covers(vault.id, scope)) assignments.remove(scope, name);
  return { status: 200 };
}

function inSubscription(call: Call): readonly DeletedVault[] {
  const subscription = param(call, 'subscription');
  return call.world.vaults.deleted().filter(({ vault }) => sameText(vault.subscriptionId, subscription));
}

function find(call: Call): DeletedVault {
  const [name, location] = [param(call, 'name'), param(call, 'location')];
  const found = inSubscription(call).find(
    ({ vault }) => sameText(vault.name, name) && sameText(vault.location, location),
  );
  if (!found) {
    throw new ArmRefusal(404, 'DeletedVaultNotFound', `The specified deleted vault '${name}' does not exist.`);
  }
  return found;
}

function purge(call: Call): SandboxResponse {
  const found = find(call);
  // Text: microsoft/AzureTRE issue 1446.
  if (found.vault.spec.purgeProtection) {
    throw new ArmRefusal(405, 'MethodNotAllowed', "Operation 'DeletedVaultPurge' is not allowed.");
  }
  const { vaults, operations } = call.world;
  const { id } = operations.start();
  vaults.purge(found);
  const { location, subscriptionId } = found.vault;
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/operationResults/${id}`;
  return { status: 202, headers: { location: call.address(path) } };
}

/** Not the resource's body: the service answers with what became of the operation. */
function operationResult(call: Call): SandboxResponse {
  const id = param(call, 'operation');
  const operation = call.world.operations.look(id);
  if (!operation) throw new ArmRefusal(404, 'OperationNotFound', `The operation '${id}' was not found.`);
  const { startTime, endTime } = operation;
  if (!endTime) return { status: 202, headers: { location: call.address(call.path) } };
  return ok({
    createdDateTime: written(startTime),
    lastActionDateTime: written(endTime),
    status: 'Succeeded',
  });
}

/** `2022-04-07 07:22:08Z` */
function written(date: Date): string {
  return date.toISOString().replace('T', ' ').replace(/\.\d+/, '');
}

function deletedVaultBody(call: Call, { vault, deletionDate, scheduledPurgeDate }: DeletedVault): object {
  const { id, name, subscriptionId, location, spec, tags } = vault;
  return shapedFor(call, 'deletedVault', {
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`,
    name,
    type: 'Microsoft.KeyVault/deletedVaults',
    properties: {
      vaultId: id,
      location,
      tags,
      deletionDate: seconds(deletionDate),
      scheduledPurgeDate: seconds(scheduledPurgeDate),
      ...(spec.purgeProtection ? { purgeProtectionEnabled: true } : {}),
    },
  });
}

function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+/, '');
}

/** What `createMode: recover` does. @throws ArmRefusal 400 */
export function recoverVault(call: Call): Vault {
  const found = deletedVaultNamed(call.world.vaults, param(call, 'name'));
  if (!found || !listed(call, [found.vault]).includes(found.vault)) {
    throw new ArmRefusal(
      400,
      'SoftDeletedVaultDoesNotExist',
      'A soft deleted vault with the given name does not exist. Ensure that the name for the vault that is being attempted to recover is in a recoverable state.',
    );
  }
  return call.world.vaults.recover(found);
}

/** Text: alan-turing-institute/data-safe-haven issue 2523. @throws ArmRefusal 409 */
export function requireNameNotDeleted(call: Call): void {
  if (!deletedVaultNamed(call.world.vaults, param(call, 'name'))) return;
  throw new ArmRefusal(
    409,
    'ConflictError',
    'A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.',
  );
}
