import type { DoctorRule } from '../rule.ts';
import { failed, passed, rule, unknownBecause } from '../rule.ts';

export const connectionRule: DoctorRule = rule({
  link: 'connection',
  title: 'Azure shows the cluster to the service connection',
  needs: [],
  uses: ['cluster'],
  judge: (_, { cluster }) => {
    if (cluster.state === 'seen') return passed(cluster.value.resourceId);
    if (cluster.state === 'unreached') return { status: 'skipped', because: cluster.because };
    const { code, ...text } = cluster.diagnostic;
    return failed(code, text);
  },
});

export const clusterStateRule: DoctorRule = rule({
  link: 'clusterState',
  title: 'the cluster runs, and MIC may write in its node resource group',
  needs: ['cluster'],
  uses: ['nmi'],
  judge: ({ cluster }) => {
    const { name, resourceGroup, powerState, provisioningState } = cluster;
    if (powerState === 'Stopped') {
      return failed('AKS004', {
        message: `The cluster ${name} is stopped.`,
        cause: 'Somebody stopped the cluster, so its API server and its nodes are not there.',
        fix: `Start it: az aks start --resource-group ${resourceGroup} --name ${name}`,
      });
    }
    if (provisioningState === 'Deleting') return failed('AKS004', { message: `The cluster ${name} is being deleted.` });
    if (!cluster.rbac) {
      return failed('AKS001', { message: `The cluster ${name} was created without Kubernetes RBAC.` });
    }
    if (cluster.nodeGroupLocked && !cluster.podIdentityAddon) {
      return failed('AKS003', {
        message: `The node resource group ${cluster.nodeResourceGroup} is locked, so MIC cannot put identities on scale sets.`,
      });
    }
    return passed(`Kubernetes ${cluster.kubernetesVersion}, ${powerState.toLowerCase()}`);
  },
});

export const apiServerRule: DoctorRule = rule({
  link: 'apiServer',
  title: 'the API server answers',
  follows: ['clusterState', 'connection'],
  needs: [],
  uses: ['apiServer'],
  judge: (_, { apiServer }) => {
    if (apiServer.state === 'seen') return passed('yes');
    if (apiServer.state === 'unreached') return { status: 'skipped', because: apiServer.because };
    const { code, ...text } = apiServer.diagnostic;
    // A server that says what is not allowed has answered.
    return code === 'KUB004' ? unknownBecause(apiServer.diagnostic) : failed(code, text);
  },
});
