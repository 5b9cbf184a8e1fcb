import type { ClusterName } from '../../azure/aks-cluster.ts';
import { parseGranteeChoice, parseIdentityChoice } from '../../azure/identity-lookup.ts';
import type { GranteeChoice, IdentityChoice } from '../../azure/identity-lookup.ts';
import type { VaultChoice } from '../../azure/vault-lookup.ts';
import { parseVaultChoice } from '../../azure/vault-lookup.ts';
import type { RunMode } from '../../engine/events.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import { rules } from '../../inputs/input-reader.ts';
import type { ClusterAccess } from '../../kube/connection.ts';
import type { CommonInputs } from './operation.ts';

export type ClusterInputs = CommonInputs & ClusterName;

type ConnectionInputName = 'azureSubscription' | 'timeoutInMinutes';

export type ClusterNameInputName = 'resourceGroup' | 'clusterName';

/** Inputs of a task that proves something and changes nothing, so that it has no action. */
export type ProofInputName = ConnectionInputName | ClusterNameInputName;

export type ClusterInputName = ProofInputName | 'action';

interface Defaults {
  readonly minutes: number;
}

/** The inputs that name connection, cluster and action: the same in every task that has them. */
export function readClusterInputs(read: InputReader<ClusterInputName>, defaults: Defaults): ClusterInputs {
  return { ...readCommonInputs(read, defaults), ...readClusterName(read) };
}

export function readProofInputs(read: InputReader<ProofInputName>, defaults: Defaults): ClusterInputs {
  return { ...readConnection(read, defaults), ...readClusterName(read), mode: 'apply' };
}

export function readCommonInputs(read: InputReader<ConnectionInputName | 'action'>, defaults: Defaults): CommonInputs {
  return { ...readConnection(read, defaults), mode: read.oneOf<RunMode>('action', ['apply', 'preview', 'remove']) };
}

export function readClusterName(read: InputReader<ClusterNameInputName>): ClusterName {
  return {
    resourceGroup: read.required('resourceGroup', rules.resourceGroup),
    clusterName: read.required('clusterName', rules.clusterName),
  };
}

/** Inputs of a task that talks to Kubernetes. */
export type ClusterWayInputName = 'kubernetesServiceConnection' | 'clusterAccess';

export interface ClusterWay {
  readonly kubernetesServiceConnection: string | undefined;
  readonly clusterAccess: ClusterAccess;
}

export function readClusterWay(read: InputReader<ClusterWayInputName>): ClusterWay {
  return {
    kubernetesServiceConnection: read.optional('kubernetesServiceConnection'),
    clusterAccess: read.oneOf<ClusterAccess>('clusterAccess', ['auto', 'direct', 'runCommand']),
  };
}

/** Inputs of a task whose plan is worth an approval, and whose changes take effect in Azure's own time. */
export type GrantInputName = 'wait' | 'outputPlanFile';

export interface GrantInputs {
  /** Whether the task ends only when Azure shows what was changed. */
  readonly wait: boolean;
  readonly outputPlanFile?: string | undefined;
}

export function readGrantInputs(read: InputReader<GrantInputName>): GrantInputs {
  return { wait: read.boolean('wait'), outputPlanFile: read.optional('outputPlanFile') };
}

function readConnection(read: InputReader<ConnectionInputName>, defaults: Defaults): Omit<CommonInputs, 'mode'> {
  return {
    azureSubscription: read.required('azureSubscription'),
    timeout: read.minutes('timeoutInMinutes', defaults.minutes, { least: 1, most: 60 }),
  };
}

export function readIdentityChoice(read: InputReader<'identity'>): IdentityChoice {
  const allowed = 'kubelet, the name of a user-assigned identity, resourceGroup/name, or its resource id';
  const text = read.withDefault('identity', 'kubelet', (value) => (parseIdentityChoice(value) ? undefined : allowed));
  return parseIdentityChoice(text) ?? { by: 'kubelet' };
}

/** The identity of a task that only grants: pods need not be able to use it. */
export function readGranteeChoice(read: InputReader<'identity'>): GranteeChoice {
  const allowed = 'kubelet, controlPlane, the name of a user-assigned identity, resourceGroup/name, or its resource id';
  const text = read.withDefault('identity', 'kubelet', (value) => (parseGranteeChoice(value) ? undefined : allowed));
  return parseGranteeChoice(text) ?? { by: 'kubelet' };
}

export function readVaultChoice(read: InputReader<'keyVault'>): VaultChoice {
  const allowed =
    'the name of a key vault (3 to 24 letters, digits or -, beginning with a letter), resourceGroup/name, or its resource id';
  const text = read.required('keyVault', (value) => (parseVaultChoice(value) ? undefined : allowed));
  return parseVaultChoice(text) ?? { by: 'name', name: text };
}
