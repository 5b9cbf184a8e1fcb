/** What every new cluster has. */
import { CONTROL_PLANE } from '../client.ts';
import { writeContext, type Core } from '../core.ts';
import { createObject } from '../writes.ts';
import { clusterRoleBindings, clusterRoles } from './roles.ts';

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** The default service account of each namespace is upkeep's doing, as in every namespace. */
export function createBootstrapObjects(core: Core): void {
  for (const name of NAMESPACES) create(core, 'v1', { kind: 'Namespace', metadata: { name } });
  for (const role of clusterRoles) create(core, 'rbac.authorization.k8s.io/v1', { kind: 'ClusterRole', ...role });
  for (const binding of clusterRoleBindings)
    create(core, 'rbac.authorization.k8s.io/v1', { kind: 'ClusterRoleBinding', ...binding });
  create(core, 'v1', {
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { clusterIP: '10.0.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 443 }] },
  });
}

function create(
  core: Core,
  apiVersion: string,
  object: { kind: string; metadata: object; [field: string]: unknown },
): void {
  const info = core.registry.findKind(apiVersion, object.kind);
  if (!info) throw new Error(`${object.kind} is not served`);
  const { namespace } = object.metadata as { namespace?: string };
  createObject(
    core,
    { info, namespace },
    { apiVersion, ...object },
    writeContext(CONTROL_PLANE, { fieldManager: 'kube-apiserver' }),
  );
}
