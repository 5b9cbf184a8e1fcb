import { parseIdentityChoice } from '../../azure/identity-lookup.ts';
import type { IdentityChoice } from '../../azure/identity-lookup.ts';
import type { RunMode } from '../../engine/events.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import { rules } from '../../inputs/input-reader.ts';
import type { CommonInputs } from './operation.ts';

export interface ClusterInputs extends CommonInputs {
  readonly resourceGroup: string;
  readonly clusterName: string;
}

export type ClusterInputName = 'azureSubscription' | 'resourceGroup' | 'clusterName' | 'action' | 'timeoutInMinutes';

/** The inputs that name connection, cluster and action: the same in every task that has them. */
export function readClusterInputs(
  read: InputReader<ClusterInputName>,
  defaults: { readonly minutes: number },
): ClusterInputs {
  return {
    ...readCommonInputs(read, defaults),
    resourceGroup: read.required('resourceGroup', rules.resourceGroup),
    clusterName: read.required('clusterName', rules.clusterName),
  };
}

export function readCommonInputs(
  read: InputReader<ClusterInputName>,
  defaults: { readonly minutes: number },
): CommonInputs {
  return {
    azureSubscription: read.required('azureSubscription'),
    mode: read.oneOf<RunMode>('action', ['apply', 'preview', 'remove']),
    timeout: read.minutes('timeoutInMinutes', defaults.minutes, { least: 1, most: 60 }),
  };
}

export function readIdentityChoice(read: InputReader<'identity'>): IdentityChoice {
  const allowed = 'kubelet, the name of a user-assigned identity, resourceGroup/name, or its resource id';
  const text = read.withDefault('identity', 'kubelet', (value) => (parseIdentityChoice(value) ? undefined : allowed));
  return parseIdentityChoice(text) ?? { by: 'kubelet' };
}
