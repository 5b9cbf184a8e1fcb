/** May the caller do this with secrets: by access policies or by roles, never by both. */
import type { TokenClaims } from '../../contracts.ts';
import type { Attributes } from '../authorization/condition/condition.ts';
import { denialAt, isDataAllowed } from '../authorization/decide.ts';
import { policiesAt } from '../state/policy-history.ts';
import { sameText } from '../state/resource-id.ts';
import type { Vault } from '../state/vaults.ts';
import type { World } from '../state/world.ts';
import { vaultErrors } from './refusal.ts';

/** What an operation asks for: a permission of access policies, and the data action of roles. */
const needs = {
  get: { permission: 'get', action: 'getSecret/action' },
  list: { permission: 'list', action: 'readMetadata/action' },
  set: { permission: 'set', action: 'setSecret/action' },
  update: { permission: 'set', action: 'update/action' },
  delete: { permission: 'delete', action: 'delete' },
  getDeleted: { permission: 'get', action: 'readMetadata/action' },
  recover: { permission: 'recover', action: 'recover/action' },
  purge: { permission: 'purge', action: 'purge/action' },
  backup: { permission: 'backup', action: 'backup/action' },
  restore: { permission: 'restore', action: 'restore/action' },
} as const;

export type OperationKind = keyof typeof needs;

export interface Attempt {
  readonly caller: TokenClaims;
  readonly kind: OperationKind;
  /** Undefined for the list of all secrets. */
  readonly secret: string | undefined;
}

/** @throws VaultRefusal 403 */
export function authorize(world: World, vault: Vault, attempt: Attempt): void {
  if (vault.spec.rbac) requireRole(world, vault, attempt);
  else requirePolicy(world, vault, attempt);
}

function requireRole(world: World, vault: Vault, { caller, kind, secret }: Attempt): void {
  const scope = secret === undefined ? vault.id : `${vault.id}/secrets/${secret}`;
  const action = `Microsoft.KeyVault/vaults/secrets/${needs[kind].action}`;
  const question = { objectId: caller.objectId, action, scope, attributes: attributesOf(secret), vault: vault.name };
  if (!isDataAllowed(world, question)) throw vaultErrors.byRbac(vault, caller, { action, scope });
  const denial = denialAt(world, question, 'data');
  if (denial) throw vaultErrors.byRbac(vault, caller, { action, scope, denial });
}

/** Source: "Key Vault: conditions on secrets (preview)": the name, of what is there and of what is to be written. */
function attributesOf(secret: string | undefined): Attributes {
  if (secret === undefined) return {};
  const name = { 'microsoft.keyvault/vaults/secrets:name': secret };
  return { request: name, resource: name };
}

/** Entries with an application are for users on whose behalf it acts: the sandbox's callers are never that. */
function requirePolicy({ now, delays }: World, vault: Vault, { caller, kind }: Attempt): void {
  const { permission } = needs[kind];
  const policies = policiesAt(vault, now() - delays.ofVault(vault.name));
  const entries = policies.filter(({ objectId }) => sameText(objectId, caller.objectId));
  const carriers = entries.filter(({ permissions }) =>
    permissions.secrets?.some((name) => sameText(name, permission) || includedInAll(name, kind)),
  );
  if (carriers.some(({ applicationId }) => applicationId === undefined)) return;
  throw carriers.length > 0 ? vaultErrors.onBehalfOf(caller) : vaultErrors.byPolicy(vault, caller, permission);
}

/** `all` leaves out purging. Source: recordings of azure-cli, which add it beside `all`. */
function includedInAll(name: string, kind: OperationKind): boolean {
  return sameText(name, 'all') && kind !== 'purge';
}
