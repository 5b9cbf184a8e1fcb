/** Names of vaults: which are valid, and whether one is still free in all of Azure. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { sameText } from '../state/resource-id.ts';
import { deletedVaultNamed, type Vaults } from '../state/vaults.ts';
import { versions } from './api-versions.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, type Call, type Route } from './route.ts';

export const vaultNameRoutes: readonly Route[] = [
  {
    method: 'POST',
    pattern: '/subscriptions/{subscription}/providers/Microsoft.KeyVault/checkNameAvailability',
    versions: versions.vaults,
    action: 'Microsoft.KeyVault/checkNameAvailability/read',
    scope: (_params, path) => path.slice(0, path.lastIndexOf('/')),
    handle: check,
  },
];

export function isVaultName(name: string): boolean {
  return /^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$/i.test(name);
}

export function isVaultThere(vaults: Vaults, name: string): boolean {
  return vaults.all().some((vault) => sameText(vault.name, name));
}

function check({ world: { vaults }, body }: Call): SandboxResponse {
  const { name, type } = (body ?? {}) as { readonly name?: unknown; readonly type?: unknown };
  if (typeof name !== 'string' || type !== 'Microsoft.KeyVault/vaults') {
    throw new ArmRefusal(400, 'BadRequest', "The properties 'name' and 'type' are required.");
  }
  // Texts: the sandbox's own.
  if (!isVaultName(name)) return taken('AccountNameInvalid', `The vault name '${name}' is invalid.`);
  if (isVaultThere(vaults, name)) return taken('AlreadyExists', `The vault name '${name}' is already in use.`);
  return deletedVaultNamed(vaults, name)
    ? taken('AlreadyExists', `A vault with the name '${name}' exists in deleted state.`)
    : ok({ nameAvailable: true });
}

function taken(reason: 'AccountNameInvalid' | 'AlreadyExists', message: string): SandboxResponse {
  return ok({ nameAvailable: false, reason, message });
}
