import type { Attempt, Permission } from './failure.ts';

/** Names and ids of the roles (built-in roles of Azure, "Containers"). */
const roles = {
  reader: ['Azure Kubernetes Service RBAC Reader', '7f6c6a51-bcf8-42ba-9220-52d62157d7db'],
  writer: ['Azure Kubernetes Service RBAC Writer', 'a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb'],
  clusterAdmin: ['Azure Kubernetes Service RBAC Cluster Admin', 'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b'],
} as const;

/** What Reader and Writer reach: kinds of Kubernetes itself inside a namespace, without roles and secrets of others. */
const ordinaryGroups: readonly string[] = ['', 'apps', 'batch', 'autoscaling', 'policy', 'networking.k8s.io'];
const readVerbs: readonly string[] = ['get', 'list', 'watch'];

/**
 * A refusal of a cluster that asks Azure RBAC beside its own: the smallest of Azure's roles that would do, and how to give
 * it. Definitions, custom resources and everything outside of namespaces need Cluster Admin. Undefined for the refusal of
 * any other cluster.
 */
export function refusedByAzure(
  text: string,
  { verb, resource, group }: Permission,
  { namespace, cluster }: Pick<Attempt, 'namespace' | 'cluster'>,
): { readonly message: string; readonly cause: string; readonly fix: string } | undefined {
  if (!text.includes('Update role assignment to allow access')) return undefined;
  const user = /User "([^"]+)"/.exec(text)?.[1] ?? '<object id of the service connection>';
  const ordinary = namespace !== undefined && ordinaryGroups.includes(group);
  const role = !ordinary ? roles.clusterAdmin : readVerbs.includes(verb) ? roles.reader : roles.writer;
  const [name, id] = role;
  return {
    message: `the identity ${user} lacks a role in Azure that allows ${verb} on ${group === '' ? resource : `${resource}.${group}`}.`,
    cause: `The cluster ${cluster} asks Azure RBAC what the identity of the service connection may do in it; no assignment allows this.`,
    fix: `Assign the role "${name}" at the cluster, for example: az role assignment create --assignee-object-id ${user} --assignee-principal-type ServicePrincipal --role ${id} --scope <resource id of ${cluster}>.`,
  };
}
