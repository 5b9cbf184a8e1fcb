import type { InputReader } from '../../inputs/input-reader.ts';
import { rules } from '../../inputs/input-reader.ts';
import type { ClusterInputName, ClusterInputs } from '../shared/cluster-inputs.ts';
import { readClusterInputs } from '../shared/cluster-inputs.ts';

export interface PodIdentityInstallInputs extends ClusterInputs {
  readonly kubernetesServiceConnection: string | undefined;
  /** Of MIC and NMI. */
  readonly namespace: string;
  readonly allowKubenet: boolean;
  /** Remove although identities and bindings exist. */
  readonly force: boolean;
}

export type PodIdentityInstallInputName =
  ClusterInputName | 'kubernetesServiceConnection' | 'namespace' | 'allowKubenet' | 'force';

export function readPodIdentityInstallInputs(read: InputReader<PodIdentityInstallInputName>): PodIdentityInstallInputs {
  return {
    ...readClusterInputs(read, { minutes: 10 }),
    kubernetesServiceConnection: read.optional('kubernetesServiceConnection'),
    namespace: read.withDefault('namespace', 'default', rules.namespace),
    allowKubenet: read.boolean('allowKubenet'),
    force: read.boolean('force'),
  };
}
