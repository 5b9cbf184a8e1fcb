/** Microsoft.ContainerService/managedClusters/agentPools: reading. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { resourceTypes, sameText, withLowerCaseGroups } from '../state/resource-id.ts';
import type { Cluster } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { armErrors } from './errors.ts';
import { findResource } from './lookup.ts';
import { agentPools } from './managed-cluster-body.ts';
import { ok, param, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';

const type = `${resourceTypes.cluster}/agentPools`;
const pools = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${resourceTypes.cluster}/{name}/agentPools`;
const common = { method: 'GET', versions: versions.managedClusters, action: `${type}/read` } as const;

export const agentPoolRoutes: readonly Route[] = [
  {
    ...common,
    pattern: pools,
    scope: (_params, path) => path.slice(0, path.lastIndexOf('/')),
    handle: (call) => ok({ value: bodiesOf(call) }),
  },
  {
    ...common,
    pattern: `${pools}/{pool}`,
    handle: get,
  },
];

function get(call: Call): SandboxResponse {
  const wanted = param(call, 'pool');
  const found = bodiesOf(call).find(({ name }) => sameText(name, wanted));
  if (!found) throw armErrors.resourceNotFound(`${type}/${param(call, 'name')}/${wanted}`, param(call, 'group'));
  return ok(found);
}

interface PoolBody {
  readonly name: string;
}

function bodiesOf(call: Call): readonly PoolBody[] {
  const cluster: Cluster = findResource(call, 'cluster', call.world.clusters);
  return agentPools(cluster).map(({ name, ...properties }) => {
    const body = { id: `${withLowerCaseGroups(cluster.id)}/agentPools/${name}`, name, type, properties };
    return shapedFor(call, 'agentPool', body) as PoolBody;
  });
}
