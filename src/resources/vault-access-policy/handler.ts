import { armFailure, armRefusal } from '../../azure/arm-error.ts';
import type { AzureSession } from '../../azure/session.ts';
import { clientOptions } from '../../azure/session.ts';
import type { AccessPolicy, Vault } from '../../azure/vault.ts';
import { findVault } from '../../azure/vault-lookup.ts';
import { vaultContents } from '../../azure/vault-permissions.ts';
import type { Observed, Presence, ResourceHandler } from '../../engine/resource.ts';
import { resourceKey } from '../../engine/resource.ts';
import type { Wait } from '../../engine/settle.ts';
import type { Clock } from '../../runtime/clock.ts';
import { compareVaultAccessPolicy, plainEntry } from './compare.ts';
import type { PolicyChange } from './entry.ts';
import { grant, without } from './entry.ts';
import { policiesShown } from './shown.ts';
import type { VaultAccessPolicySpec } from './spec.ts';

/** Vaults carry no ETag, so two writers meet now and then; the vault says so and the same request is sent again. */
const TRIES = 5;

export interface VaultAccessPolicyContext {
  readonly azure: AzureSession;
  readonly clock: Clock;
}

export interface VaultAccessPolicies extends ResourceHandler<VaultAccessPolicySpec, AccessPolicy> {
  /** Ends once the vault shows what was changed through this handler. */
  readonly shown: Wait;
}

/**
 * One principal's entry in the access policies of a vault. Only `accessPolicies/add|replace|remove` for that entry is
 * used, never a write of the whole vault: entries of others cannot be lost, nor can the permission model change.
 */
export function vaultAccessPolicies({ azure, clock }: VaultAccessPolicyContext): VaultAccessPolicies {
  const written: { readonly spec: VaultAccessPolicySpec; readonly wanted: Presence }[] = [];
  return {
    kind: 'access policy',
    key: ({ vault, principalId }) => resourceKey('vaultAccessPolicy', vault.resourceId, principalId),
    describe: (spec) => `${permissionsText(spec)} for ${spec.principalLabel} in vault ${spec.vault.name}`,
    details: ({ vault, principalId, permissions }) => ({
      vault: vault.resourceId,
      principalId,
      ...Object.fromEntries(
        vaultContents
          .filter((content) => permissions[content].length > 0)
          .map((content) => [content, permissions[content].join(', ')]),
      ),
    }),
    read: ({ vault, principalId }) => {
      const entry = plainEntry(vault.policies, principalId);
      const observed: Observed<AccessPolicy> = entry ? { found: true, state: entry } : { found: false };
      return Promise.resolve(observed);
    },
    compare: compareVaultAccessPolicy,
    apply: async ({ action, spec, wanted }, signal) => {
      const change = action === 'delete' ? await removal(azure, spec) : grant(spec);
      if (change) await write({ azure, clock }, spec, change, signal);
      written.push({ spec, wanted });
    },
    shown: policiesShown(written, ({ vault }) => readAgain(azure, vault)),
  };
}

function permissionsText({ permissions }: VaultAccessPolicySpec): string {
  return vaultContents
    .filter((content) => permissions[content].length > 0)
    .map((content) => `${content} ${permissions[content].join(', ')}`)
    .join('; ');
}

/** `replace` writes the whole entry, so it is made from what the vault says now and not when the plan was made. */
async function removal(azure: AzureSession, spec: VaultAccessPolicySpec): Promise<PolicyChange | undefined> {
  const { policies } = await readAgain(azure, spec.vault);
  return without(spec, plainEntry(policies, spec.principalId));
}

function readAgain(azure: AzureSession, { resourceGroup, name, subscriptionId }: Vault): Promise<Vault> {
  return findVault(azure, { by: 'group', resourceGroup, name, subscriptionId });
}

async function write(
  { azure, clock }: VaultAccessPolicyContext,
  { vault, principalLabel }: VaultAccessPolicySpec,
  change: PolicyChange,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send(azure, vault, change);
      return;
    } catch (error) {
      const conflict = armRefusal(error)?.status === 409;
      const doing = `change the access policy of ${principalLabel} in vault ${vault.name}`;
      if (!conflict || attempt === TRIES)
        throw armFailure(error, doing, new URL(azure.connection.cloud.resourceManager).host);
      await clock.sleep(500 * attempt, signal);
    }
  }
}

async function send(azure: AzureSession, vault: Vault, { update, entry }: PolicyChange): Promise<void> {
  const { createKeyVaultManagement } = await import('@azure/arm-keyvault/api');
  const { updateAccessPolicy } = await import('@azure/arm-keyvault/api/vaults');
  const context = createKeyVaultManagement(azure.credential, vault.subscriptionId, clientOptions(azure));
  const body = { properties: { accessPolicies: [entry] } };
  await updateAccessPolicy(context, vault.resourceGroup, vault.name, update, body);
}
