/**
 * Azure RBAC for Kubernetes authorization, which AKS asks beside the cluster's own RBAC (AKS documentation: "Use Azure
 * role-based access control for Kubernetes authorization"; form of the data actions: the provider's operations).
 */
import type { AzureForClusters } from '../../contracts.ts';
import type { PathRequest, ResourceRequest, User } from './rbac.ts';

export interface AzureRbac {
  readonly allows: (user: User, request: ResourceRequest | PathRequest) => boolean;
  readonly refusalTail: (user: User) => string;
}

const OBJECT_ID = 'oid';
const PROVIDER = 'Microsoft.ContainerService/managedClusters';

/** Entra's users carry the object id that Azure decides by. */
export function entraUser({ objectId, groups }: { objectId: string; groups: readonly string[] }): User {
  return { name: objectId, groups: [...groups, 'system:authenticated'], extra: { [OBJECT_ID]: [objectId] } };
}

export function azureRbac(azure: Pick<AzureForClusters, 'allowsInCluster'>, clusterId: string): AzureRbac {
  const objectIdOf = ({ extra }: User): string | undefined => extra?.[OBJECT_ID]?.[0];
  return {
    allows: (user, request) => {
      const objectId = objectIdOf(user);
      return (
        objectId !== undefined && azure.allowsInCluster(objectId, dataAction(request), scopeOf(request, clusterId))
      );
    },
    // As AKS's webhook says it.
    refusalTail: (user) =>
      objectIdOf(user) === undefined
        ? ''
        : ': User does not have access to the resource in Azure. Update role assignment to allow access.',
  };
}

const verbs: Readonly<Record<string, string>> = {
  get: 'read',
  list: 'read',
  watch: 'read',
  create: 'write',
  update: 'write',
  patch: 'write',
  delete: 'delete',
  deletecollection: 'delete',
};

/** `Microsoft.ContainerService/managedClusters/apps/deployments/write`; the core group is left out. */
function dataAction(request: ResourceRequest | PathRequest): string {
  if ('path' in request) return `${PROVIDER}${request.path}/read`;
  const { verb, group, resource, subresource } = request;
  const names = [...(group === '' ? [] : [group]), resource];
  // Running a command is an action of its own, whatever the verb of the request.
  if (subresource === 'exec') return [PROVIDER, ...names, 'exec', 'action'].join('/');
  const rest = subresource === undefined ? [] : [subresource];
  return [PROVIDER, ...names, ...rest, verbs[verb] ?? `${verb}/action`].join('/');
}

function scopeOf(request: ResourceRequest | PathRequest, clusterId: string): string {
  const namespace = 'path' in request ? undefined : request.namespace;
  return namespace === undefined ? clusterId : `${clusterId}/namespaces/${namespace}`;
}
