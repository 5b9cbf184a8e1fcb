import { armFailure, armRefusal } from '../../azure/arm-error.ts';
import type { AzureSession } from '../../azure/session.ts';
import { clientOptions } from '../../azure/session.ts';
import type { AccessPolicy } from '../../azure/vault-lookup.ts';
import type { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { Observed, ResourceHandler } from '../../engine/resource.ts';
import { resourceKey } from '../../engine/resource.ts';
import type { Clock } from '../../runtime/clock.ts';
import { compareVaultAccessPolicy, plainEntry } from './compare.ts';
import type { VaultAccessPolicySpec } from './spec.ts';

/** Vaults carry no ETag, so two writers meet now and then; the vault says so and the same request is sent again. */
const TRIES = 5;

type Update = 'add' | 'replace' | 'remove';

/**
 * One principal's entry in the access policies of a vault. Only `accessPolicies/add|replace|remove` for that entry is
 * used, never a write of the whole vault: entries of others cannot be lost.
 */
export function vaultAccessPolicies({
  azure,
  clock,
}: {
  readonly azure: AzureSession;
  readonly clock: Clock;
}): ResourceHandler<VaultAccessPolicySpec, AccessPolicy> {
  return {
    kind: 'access policy',
    key: ({ vault, principalId }) => resourceKey('vaultAccessPolicy', vault.resourceId, principalId),
    describe: ({ vault, principalLabel, secretPermissions }) =>
      `secrets ${secretPermissions.join(', ')} for ${principalLabel} in vault ${vault.name}`,
    read: ({ vault, principalId }) => {
      const entry = plainEntry(vault.policies, principalId);
      const observed: Observed<AccessPolicy> = entry ? { found: true, state: entry } : { found: false };
      return Promise.resolve(observed);
    },
    compare: compareVaultAccessPolicy,
    apply: async ({ action, spec, observed }, signal) => {
      const { vault, principalLabel } = spec;
      const { update, entry } = action === 'delete' ? without(spec, observed) : grant(spec);
      for (let attempt = 1; ; attempt += 1) {
        try {
          await send(azure, spec, { update, entry });
          return;
        } catch (error) {
          const conflict = armRefusal(error)?.status === 409;
          if (!conflict || attempt === TRIES)
            throw refused(error, azure, `change the access policy of ${principalLabel} in vault ${vault.name}`);
          await clock.sleep(500 * attempt, signal);
        }
      }
    },
  };
}

interface Entry {
  readonly tenantId: string;
  readonly objectId: string;
  readonly permissions: { secrets: string[]; keys?: string[]; certificates?: string[]; storage?: string[] };
}

/** `add` merges into the entry that is there, so only what is wanted is sent. */
function grant({ tenantId, principalId, secretPermissions }: VaultAccessPolicySpec): { update: Update; entry: Entry } {
  return {
    update: 'add',
    entry: { tenantId, objectId: principalId, permissions: { secrets: [...secretPermissions] } },
  };
}

function without(spec: VaultAccessPolicySpec, observed: Observed<AccessPolicy>): { update: Update; entry: Entry } {
  const { vault, principalId, secretPermissions } = spec;
  const have = observed.found ? observed.state : { secrets: [], keys: [], certificates: [], storage: [] };
  const permissions = {
    secrets: have.secrets.filter((permission) => !secretPermissions.includes(permission)),
    keys: [...have.keys],
    certificates: [...have.certificates],
    storage: [...have.storage],
  };
  const empty = Object.values(permissions).every((names) => names.length === 0);
  return {
    update: empty ? 'remove' : 'replace',
    entry: { tenantId: vault.tenantId, objectId: principalId, permissions },
  };
}

async function send(
  azure: AzureSession,
  { vault }: VaultAccessPolicySpec,
  { update, entry }: { readonly update: Update; readonly entry: Entry },
): Promise<void> {
  const { createKeyVaultManagement } = await import('@azure/arm-keyvault/api');
  const { updateAccessPolicy } = await import('@azure/arm-keyvault/api/vaults');
  const context = createKeyVaultManagement(azure.credential, vault.subscriptionId, clientOptions(azure));
  const body = { properties: { accessPolicies: [entry] } };
  await updateAccessPolicy(context, vault.resourceGroup, vault.name, update, body);
}

function refused(error: unknown, azure: AzureSession, doing: string): DiagnosticError {
  return armFailure(error, doing, new URL(azure.connection.cloud.resourceManager).host);
}
