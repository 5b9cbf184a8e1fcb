import type { Grantee } from '../../azure/aks-cluster.ts';
import { readCluster } from '../../azure/aks-cluster.ts';
import { findGrantee } from '../../azure/identity-lookup.ts';
import { inSubscription } from '../../azure/session.ts';
import type { Vault } from '../../azure/vault.ts';
import { findVault } from '../../azure/vault-lookup.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import { together } from '../../runtime/together.ts';
import { grantableState } from '../shared/cluster-state.ts';
import type { IntentOf } from '../shared/operation.ts';
import type { Services } from '../shared/services.ts';
import { vaultGoals } from './both-models.ts';
import type { KeyVaultGrantInputs } from './inputs.ts';
import { vaultNotes } from './notes.ts';

export const keyVaultGrantIntent: IntentOf<KeyVaultGrantInputs> = async (inputs, services) => {
  const [vault, identity] = await together([readVault(inputs, services), readIdentity(inputs, services)]);
  for (const text of vaultNotes(vault, inputs)) services.observer({ type: 'note', text });
  refuseOneSecret(inputs, vault);
  const { tenantId } = services.azure.connection;
  const { goals, shown } = await vaultGoals({ ...inputs, vault, identity, tenantId }, services);
  return {
    mode: inputs.mode,
    goals,
    waits: inputs.wait ? shown : [],
    outputs: { permissionModel: vault.model, vaultUri: vault.uri },
  };
};

/** One for the run, wherever its clusters are. */
function readVault({ vault }: KeyVaultGrantInputs, { azure }: Services): Promise<Vault> {
  return azure.once('vault', () => findVault(inSubscription(azure, azure.connection.subscriptionId), vault));
}

async function readIdentity(
  { cluster: name, resourceGroup, identity, mode }: KeyVaultGrantInputs,
  { azure, observer }: Services,
): Promise<Grantee> {
  const cluster = name && (await readCluster(azure, name));
  const state = cluster && grantableState(cluster, mode);
  if (state !== undefined) observer({ type: 'note', text: state });
  return findGrantee(azure, { cluster, resourceGroup }, identity);
}

/** In a removal nothing is narrowed: what a role once gave on the one secret goes away in any model. */
function refuseOneSecret({ secretName, mode }: KeyVaultGrantInputs, { name, model }: Vault): void {
  if (secretName === undefined || model === 'rbac' || mode === 'remove') return;
  const message = `secretName is "${secretName}", but the key vault ${name} uses access policies.`;
  throw new DiagnosticError('KVT002', { message });
}
