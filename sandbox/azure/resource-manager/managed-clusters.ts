/** Microsoft.ContainerService/managedClusters and the credentials that it hands out. */
import { notImitated, type SandboxResponse } from '../../kit/http-server.ts';
import { signsInWithEntra } from '../../scenario/entra-clusters.ts';
import { resourceTypes } from '../state/resource-id.ts';
import type { Cluster } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { withSignIn, type SignIn } from './entra-kubeconfig.ts';
import { findResource, readRoutes } from './lookup.ts';
import { clusterBody, privateName } from './managed-cluster-body.ts';
import { ClusterRefusal, clusterErrors } from './managed-cluster-refusals.ts';
import { ok, param, type Call, type Route } from './route.ts';

const type = resourceTypes.cluster;
const cluster = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}/{name}`;

export const managedClusterRoutes: readonly Route[] = [
  ...readRoutes('cluster', versions.managedClusters, ({ world }) => world.clusters, read),
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
];

/** Whoever reads one cluster looks at what is being done to it. */
function read(found: Cluster, call: Call): object {
  if (param(call, 'name') !== '' && found.changes.operation !== undefined) {
    call.world.operations.look(found.changes.operation);
  }
  return clusterBody(found, call.world);
}

function credential(call: Call, kind: 'user' | 'admin'): SandboxResponse {
  const found = findResource(call, 'cluster', call.world.clusters);
  const { id, name, spec, tenantId } = found;
  if (spec.disableLocalAccounts && kind === 'admin') throw clusterErrors.noLocalAccounts();
  if (!spec.apiServer) return notImitated('the Kubernetes API of a cluster with apiServer: false', 'the scenario');
  const running = call.clusters.byResourceId(id);
  if (spec.powerState === 'Stopped' || !running) throw clusterErrors.stopped(name);
  const own = running.kubeconfig(kind);
  const kubeconfig = spec.privateCluster ? own.replaceAll(running.server, `https://${privateName(found)}:443`) : own;
  // An administrator's certificate needs no sign-in.
  const asks = kind === 'user' && signsInWithEntra(spec);
  const text = asks ? withSignIn(kubeconfig, signInOf(call), tenantId) : kubeconfig;
  const value = Buffer.from(text).toString('base64');
  return ok({ kubeconfigs: [{ name: kind === 'user' ? 'clusterUser' : 'clusterAdmin', value }] });
}

/** Clusters from 1.24 on give kubelogin's unless the other one is asked for. */
function signInOf({ query }: Call): SignIn {
  const format = query.get('format') ?? 'exec';
  if (format === 'exec' || format === 'azure') return format;
  // Text: the sandbox's own.
  throw new ClusterRefusal(400, 'InvalidParameter', `The value of parameter format is invalid: '${format}'.`);
}
