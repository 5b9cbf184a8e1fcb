import type { ClusterName } from '../../azure/aks-cluster.ts';
import type { IdentityChoice } from '../../azure/identity-lookup.ts';
import type { VaultChoice } from '../../azure/vault-lookup.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import { rules } from '../../inputs/input-reader.ts';
import type { ClusterInputName } from '../shared/cluster-inputs.ts';
import { readClusterName, readCommonInputs, readIdentityChoice, readVaultChoice } from '../shared/cluster-inputs.ts';
import type { CommonInputs } from '../shared/operation.ts';
import type { SecretPermission } from './permissions.ts';
import { parseSecretPermissions } from './permissions.ts';

export interface KeyVaultGrantInputs extends CommonInputs {
  readonly vault: VaultChoice;
  readonly identity: IdentityChoice;
  /** Undefined where the identity is named so fully that no cluster is needed to find it. */
  readonly cluster: ClusterName | undefined;
  readonly secretName: string | undefined;
  readonly secretPermissions: readonly SecretPermission[];
}

export type KeyVaultGrantInputName = ClusterInputName | 'keyVault' | 'identity' | 'secretName' | 'secretPermissions';

export function readKeyVaultGrantInputs(read: InputReader<KeyVaultGrantInputName>): KeyVaultGrantInputs {
  const identity = readIdentityChoice(read);
  return {
    ...readCommonInputs(read, { minutes: 10 }),
    vault: readVaultChoice(read),
    identity,
    cluster: identity.by === 'kubelet' || identity.by === 'name' ? readClusterName(read) : undefined,
    secretName: read.optional('secretName', rules.secretName),
    secretPermissions: readSecretPermissions(read),
  };
}

function readSecretPermissions(read: InputReader<'secretPermissions'>): readonly SecretPermission[] {
  const text = read.withDefault('secretPermissions', 'get', (value) => {
    const parsed = parseSecretPermissions(value);
    return typeof parsed === 'string' ? parsed : undefined;
  });
  const permissions = parseSecretPermissions(text);
  return typeof permissions === 'string' ? [] : permissions;
}
