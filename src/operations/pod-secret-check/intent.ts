import { readCluster } from '../../azure/aks-cluster.ts';
import type { Cloud } from '../../azure/cloud.ts';
import { vaultHost } from '../../azure/cloud.ts';
import type { Ask } from '../../checks/gather/facts.ts';
import type { PodChoice } from '../../checks/gather/ready-pod.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { openCluster } from '../../kube/connection.ts';
import type { IntentOf } from '../shared/operation.ts';
import type { Services } from '../shared/services.ts';
import type { PodSecretCheckInputs } from './inputs.ts';
import { prove } from './prove.ts';

export const podSecretCheckIntent: IntentOf<PodSecretCheckInputs> = (inputs, services) =>
  Promise.resolve({
    mode: 'apply',
    goals: [],
    waits: [],
    outputs: {},
    prove: () => prove(() => open(inputs, services), askOf(inputs, services.azure.connection.cloud), services),
  });

async function open(inputs: PodSecretCheckInputs, services: Services): Promise<KubeCluster> {
  const { kubernetesServiceConnection, clusterAccess } = inputs;
  const cluster = kubernetesServiceConnection === undefined ? await readCluster(services.azure, inputs) : undefined;
  return openCluster(services, { cluster, kubernetesServiceConnection, clusterAccess });
}

export function askOf(inputs: PodSecretCheckInputs, cloud: Cloud): Ask {
  const { pods, parallel, retry, probe, probeImage, vault, secretName, secretVersion, expectedSha256, clientId } =
    inputs;
  return {
    question: {
      namespace: pods.namespace,
      pods: podsText(pods),
      vaultName: vault.name,
      vaultHost: vaultHost(cloud, vault.name),
      vaultAudience: cloud.vaultAudience,
      secretName,
      secretVersion,
      expectsValue: expectedSha256 !== undefined,
    },
    pods,
    vault,
    parallel,
    retry,
    probe,
    probeImage,
    clientId,
    expectedSha256,
  };
}

function podsText(pods: PodChoice): string {
  return pods.by === 'workload' ? `${pods.kind}/${pods.name}` : `the selector ${pods.selector}`;
}
