import type { ClusterName } from '../../azure/aks-cluster.ts';
import type { IdentityChoice } from '../../azure/identity-lookup.ts';
import type { VaultChoice } from '../../azure/vault-lookup.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import { rules } from '../../inputs/input-reader.ts';
import type { ClusterInputName } from '../shared/cluster-inputs.ts';
import { readClusterName, readCommonInputs, readIdentityChoice, readVaultChoice } from '../shared/cluster-inputs.ts';
import type { CommonInputs } from '../shared/operation.ts';

export interface KeyVaultGrantInputs extends CommonInputs {
  readonly vault: VaultChoice;
  readonly identity: IdentityChoice;
  /** Undefined where the identity is named so fully that no cluster is needed to find it. */
  readonly cluster: ClusterName | undefined;
  readonly secretName: string | undefined;
}

export type KeyVaultGrantInputName = ClusterInputName | 'keyVault' | 'identity' | 'secretName';

export function readKeyVaultGrantInputs(read: InputReader<KeyVaultGrantInputName>): KeyVaultGrantInputs {
  const identity = readIdentityChoice(read);
  return {
    ...readCommonInputs(read, { minutes: 10 }),
    vault: readVaultChoice(read),
    identity,
    cluster: identity.by === 'kubelet' || identity.by === 'name' ? readClusterName(read) : undefined,
    secretName: read.optional('secretName', rules.secretName),
  };
}
