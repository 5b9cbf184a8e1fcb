import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import type { KubeKind } from '../../kube/kinds.ts';
import { kinds } from '../../kube/kinds.ts';
import { kubeRefusal } from '../../kube/refusal.ts';
import type { AzureAssignedIdentity, KubeObject } from '../../kube/shapes.ts';
import { count } from '../../runtime/text.ts';
import type { Manifest } from './manifests/manifest.ts';

/** What depends on an installation. */
export interface Usage {
  /** Identities, bindings and exceptions that others made; they go with the definitions. */
  readonly dependents: readonly Manifest[];
  readonly assignments: readonly AzureAssignedIdentity[];
}

/** Reads the custom resources of all namespaces; `own` are the exceptions of the installation itself. */
export async function readUsage(cluster: KubeCluster, own: readonly Manifest[], signal: AbortSignal): Promise<Usage> {
  const dependentKinds = [kinds.azureIdentityBinding, kinds.azureIdentity, kinds.azurePodIdentityException] as const;
  const [found, assignments] = await Promise.all([
    Promise.all(dependentKinds.map((kind) => manifestsOf(cluster, kind, signal))),
    listed(cluster, kinds.azureAssignedIdentity, signal),
  ]);
  const isOwn = (each: Manifest): boolean => own.some((manifest) => sameObject(manifest, each));
  return { dependents: found.flat().filter((each) => !isOwn(each)), assignments };
}

async function manifestsOf(cluster: KubeCluster, kind: KubeKind, signal: AbortSignal): Promise<readonly Manifest[]> {
  const objects = await listed(cluster, kind, signal);
  return objects.map((object) => ({ kind, object }));
}

/** None where the definition is gone already, as after a removal that was cut off. */
async function listed<Shape extends KubeObject>(
  cluster: KubeCluster,
  kind: KubeKind<Shape>,
  signal: AbortSignal,
): Promise<readonly Shape[]> {
  try {
    return await cluster.list(kind, {}, signal);
  } catch (error) {
    if (kubeRefusal(error)?.code === 404) return [];
    throw error;
  }
}

function sameObject(left: Manifest, right: Manifest): boolean {
  const [one, other] = [left.object.metadata, right.object.metadata];
  return left.kind === right.kind && one.name === other.name && one.namespace === other.namespace;
}

/** @throws DiagnosticError POD005, naming what still uses the installation */
export function requireUnused({ dependents }: Usage, force: boolean): void {
  if (dependents.length === 0 || force) return;
  const names = dependents.map(
    ({ kind, object: { metadata } }) => `${kind.kind} ${metadata.namespace ?? ''}/${metadata.name}`,
  );
  const more = names.length > 10 ? ` and ${String(names.length - 10)} more` : '';
  const message = `${count(names.length, 'object')} still use AAD Pod Identity: ${names.slice(0, 10).join(', ')}${more}.`;
  throw new DiagnosticError('POD005', { message });
}
