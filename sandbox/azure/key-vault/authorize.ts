/** May the caller do this with secrets: by access policies or by roles, never by both. */
import type { TokenClaims } from '../../contracts.ts';
import { isDataAllowed } from '../authorization/decide.ts';
import { sameText } from '../state/resource-id.ts';
import type { Vault } from '../state/vaults.ts';
import type { World } from '../state/world.ts';
import { vaultErrors } from './refusal.ts';

export type Permission = 'get' | 'list' | 'set';

const dataActions: Readonly<Record<Permission, string>> = {
  get: 'Microsoft.KeyVault/vaults/secrets/getSecret/action',
  list: 'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
  set: 'Microsoft.KeyVault/vaults/secrets/setSecret/action',
};

export interface Attempt {
  readonly caller: TokenClaims;
  readonly permission: Permission;
  /** Undefined for the list of all secrets. */
  readonly secret: string | undefined;
}

/** @throws VaultRefusal 403 */
export function authorize(world: World, vault: Vault, attempt: Attempt): void {
  if (vault.spec.rbac) requireRole(world, vault, attempt);
  else requirePolicy(vault, attempt);
}

function requireRole(world: World, vault: Vault, { caller, permission, secret }: Attempt): void {
  const scope = secret === undefined ? vault.id : `${vault.id}/secrets/${secret}`;
  const action = dataActions[permission];
  if (!isDataAllowed(world, { objectId: caller.objectId, action, scope })) {
    throw vaultErrors.byRbac(vault, caller, action, scope);
  }
}

/** Entries with an application are for users on whose behalf it acts: the sandbox's callers are never that. */
function requirePolicy(vault: Vault, { caller, permission }: Attempt): void {
  const entries = vault.policies.filter(({ objectId }) => sameText(objectId, caller.objectId));
  const carriers = entries.filter(({ permissions }) =>
    permissions.secrets?.some((name) => sameText(name, permission) || sameText(name, 'all')),
  );
  if (carriers.some(({ applicationId }) => applicationId === undefined)) return;
  throw carriers.length > 0 ? vaultErrors.onBehalfOf(caller) : vaultErrors.byPolicy(vault, caller, permission);
}
