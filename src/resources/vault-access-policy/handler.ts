import { armFailure } from '../../azure/arm-error.ts';
import type { AzureSession } from '../../azure/session.ts';
import { clientOptions } from '../../azure/session.ts';
import type { AccessPolicy, Vault } from '../../azure/vault.ts';
import { findVault } from '../../azure/vault-lookup.ts';
import { vaultContents } from '../../azure/vault-permissions.ts';
import type { Observed, Presence, ResourceHandler } from '../../engine/resource.ts';
import { resourceKey } from '../../engine/resource.ts';
import type { Wait } from '../../engine/settle.ts';
import { compareVaultAccessPolicy, plainEntry } from './compare.ts';
import type { PolicyChange, PolicyUpdate } from './entry.ts';
import { grant, without } from './entry.ts';
import { PolicyWriter } from './policy-writer.ts';
import { policiesShown } from './shown.ts';
import type { VaultAccessPolicySpec } from './spec.ts';

export interface VaultAccessPolicyContext {
  readonly azure: AzureSession;
  readonly signal: AbortSignal;
}

export interface VaultAccessPolicies extends ResourceHandler<VaultAccessPolicySpec, AccessPolicy> {
  /** Ends once the vault shows what was changed through this handler. */
  readonly shown: Wait;
}

/**
 * One principal's entry in the access policies of a vault. Only `accessPolicies/add|replace|remove` for that entry is
 * used, never a write of the whole vault: entries of others cannot be lost, nor can the permission model change.
 */
export function vaultAccessPolicies(context: VaultAccessPolicyContext): VaultAccessPolicies {
  const { azure } = context;
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
    apply: async ({ action, spec, wanted }) => {
      const change = action === 'delete' ? await removal(azure, spec) : grant(spec);
      if (change) await write(context, spec, change);
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
  context: VaultAccessPolicyContext,
  { vault, principalLabel }: VaultAccessPolicySpec,
  change: PolicyChange,
): Promise<void> {
  const { azure, signal } = context;
  const makeWriter = (): Promise<PolicyWriter> =>
    Promise.resolve(new PolicyWriter((update, entries) => send(azure, vault, { update, entries }), signal));
  const writer = await azure.once(`writer of ${vault.resourceId.toLowerCase()}`, makeWriter);
  try {
    await writer.write(change);
  } catch (error) {
    const doing = `change the access policy of ${principalLabel} in vault ${vault.name}`;
    throw armFailure(error, doing, new URL(azure.connection.cloud.resourceManager).host);
  }
}

interface PolicyRequest {
  readonly update: PolicyUpdate;
  readonly entries: readonly PolicyChange['entry'][];
}

/** Vaults carry no ETag, so two writers meet now and then; the vault says so, and the session sends the same again. */
async function send(azure: AzureSession, vault: Vault, { update, entries }: PolicyRequest): Promise<void> {
  const { createKeyVaultManagement } = await import('@azure/arm-keyvault/api');
  const { updateAccessPolicy } = await import('@azure/arm-keyvault/api/vaults');
  const context = createKeyVaultManagement(azure.credential, vault.subscriptionId, clientOptions(azure));
  const body = { properties: { accessPolicies: [...entries] } };
  await updateAccessPolicy(context, vault.resourceGroup, vault.name, update, body);
}
