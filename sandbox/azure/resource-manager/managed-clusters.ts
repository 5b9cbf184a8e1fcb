/** Microsoft.ContainerService/managedClusters and the credentials that it hands out. */
import { notImitated, type SandboxResponse } from '../../kit/http-server.ts';
import { resourceTypes } from '../state/resource-id.ts';
import { versions } from './api-versions.ts';
import { findResource, readRoutes } from './lookup.ts';
import { clusterBody } from './managed-cluster-body.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, type Call, type Route } from './route.ts';

const type = resourceTypes.cluster;
const cluster = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}/{name}`;

export const managedClusterRoutes: readonly Route[] = [
  ...readRoutes('cluster', versions.managedClusters, ({ world }) => world.clusters, clusterBody),
  ...(['user', 'admin'] as const).map((kind): Route => {
    const operation = kind === 'user' ? 'listClusterUserCredential' : 'listClusterAdminCredential';
    return {
      method: 'POST',
      pattern: `${cluster}/${operation}`,
      versions: versions.managedClusters,
      action: `${type}/${operation}/action`,
      scope: (_params, path) => path.slice(0, path.lastIndexOf('/')),
      handle: (call) => credential(call, kind),
    };
  }),
  {
    method: 'POST',
    pattern: `${cluster}/runCommand`,
    versions: versions.managedClusters,
    handle: ({ path }) => notImitated(`POST ${path}`, 'sandbox/azure/resource-manager/managed-clusters.ts'),
  },
];

function credential(call: Call, kind: 'user' | 'admin'): SandboxResponse {
  const { id, name, spec } = findResource(call, 'cluster', call.world.clusters);
  if (spec.disableLocalAccounts) {
    if (kind === 'user') {
      return notImitated(
        'kubeconfigs of clusters with Entra sign-in',
        'sandbox/azure/resource-manager/managed-clusters.ts',
      );
    }
    // Text: hashicorp/terraform-provider-azurerm pull request 15489.
    throw new ArmRefusal(
      400,
      'BadRequest',
      'Getting static credential is not allowed because this cluster is set to disable local accounts.',
    );
  }
  const running = call.clusters.byResourceId(id);
  if (spec.powerState === 'Stopped' || !running) {
    throw new ArmRefusal(
      409,
      'OperationNotAllowed',
      `Operation is not allowed: managed cluster ${name} is stopped. Start the cluster first.`,
    );
  }
  const value = Buffer.from(running.kubeconfig(kind)).toString('base64');
  return ok({ kubeconfigs: [{ name: kind === 'user' ? 'clusterUser' : 'clusterAdmin', value }] });
}
