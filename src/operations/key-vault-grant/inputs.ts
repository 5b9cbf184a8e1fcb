import type { IdentityChoice } from '../../azure/identity-lookup.ts';
import type { VaultChoice } from '../../azure/vault-lookup.ts';
import { parseVaultChoice } from '../../azure/vault-lookup.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import { rules } from '../../inputs/input-reader.ts';
import type { ClusterInputName } from '../shared/cluster-inputs.ts';
import { readCommonInputs, readIdentityChoice } from '../shared/cluster-inputs.ts';
import type { CommonInputs } from '../shared/operation.ts';

export interface KeyVaultGrantInputs extends CommonInputs {
  readonly vault: VaultChoice;
  readonly identity: IdentityChoice;
  /** Undefined where the identity is named so fully that no cluster is needed to find it. */
  readonly cluster: { readonly resourceGroup: string; readonly clusterName: string } | undefined;
  readonly secretName: string | undefined;
}

export type KeyVaultGrantInputName = ClusterInputName | 'keyVault' | 'identity' | 'secretName';

export function readKeyVaultGrantInputs(read: InputReader<KeyVaultGrantInputName>): KeyVaultGrantInputs {
  const identity = readIdentityChoice(read);
  return {
    ...readCommonInputs(read, { minutes: 10 }),
    vault: readVaultChoice(read),
    identity,
    cluster: identity.by === 'kubelet' || identity.by === 'name' ? readCluster(read) : undefined,
    secretName: read.optional('secretName', rules.secretName),
  };
}

function readCluster(read: InputReader<ClusterInputName>): KeyVaultGrantInputs['cluster'] {
  return {
    resourceGroup: read.required('resourceGroup', rules.resourceGroup),
    clusterName: read.required('clusterName', rules.clusterName),
  };
}

function readVaultChoice(read: InputReader<'keyVault'>): VaultChoice {
  const allowed =
    'the name of a key vault (3 to 24 letters, digits or -, beginning with a letter), resourceGroup/name, or its resource id';
  const text = read.required('keyVault', (value) => (parseVaultChoice(value) ? undefined : allowed));
  return parseVaultChoice(text) ?? { by: 'name', name: text };
}
