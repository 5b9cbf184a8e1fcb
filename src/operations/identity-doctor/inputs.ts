import type { VaultChoice } from '../../azure/vault-lookup.ts';
import { parseVaultChoice } from '../../azure/vault-lookup.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import { rules } from '../../inputs/input-reader.ts';
import type { ClusterInputs, ClusterWay, ClusterWayInputName, ProofInputName } from '../shared/cluster-inputs.ts';
import { readClusterWay, readProofInputs } from '../shared/cluster-inputs.ts';

/** What makes the step fail. */
export type FailOn = 'error' | 'warning' | 'never';

export type IdentityDoctorInputs = ClusterInputs &
  ClusterWay & {
    readonly namespace: string;
    readonly podSelector: string | undefined;
    readonly vault: VaultChoice | undefined;
    readonly secretName: string | undefined;
    readonly failOn: FailOn;
  };

export type IdentityDoctorInputName =
  ProofInputName | ClusterWayInputName | 'namespace' | 'podSelector' | 'keyVault' | 'secretName' | 'failOn';

export function readIdentityDoctorInputs(read: InputReader<IdentityDoctorInputName>): IdentityDoctorInputs {
  return {
    ...readProofInputs(read, { minutes: 2 }),
    ...readClusterWay(read),
    namespace: read.withDefault('namespace', 'default', rules.namespace),
    podSelector: read.optional('podSelector', rules.labelSelector),
    vault: readVault(read),
    secretName: read.optional('secretName', rules.secretName),
    failOn: read.oneOf<FailOn>('failOn', ['error', 'warning', 'never']),
  };
}

function readVault(read: InputReader<'keyVault' | 'secretName'>): VaultChoice | undefined {
  const allowed = 'the name of a key vault, resourceGroup/name, or its resource id';
  const text = read.optional('keyVault', (value) => (parseVaultChoice(value) ? undefined : allowed));
  if (text === undefined && read.given('secretName')) read.problem('secretName', 'is given, but no keyVault');
  return text === undefined ? undefined : parseVaultChoice(text);
}
