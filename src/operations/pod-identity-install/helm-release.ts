import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { KubeObject } from '../../kube/shapes.ts';
import { MANAGED_BY } from '../../resources/kube-object/spec.ts';

/** What Helm 3 writes on every object of a release, besides the label. */
const RELEASE = { name: 'meta.helm.sh/release-name', namespace: 'meta.helm.sh/release-namespace' } as const;

/** Helm would undo on its next upgrade what we change. Pure. @throws DiagnosticError POD020, naming the release */
export function requireNotHelm(found: readonly KubeObject[]): void {
  const owned = found.find(({ metadata }) => metadata.labels?.[MANAGED_BY] === 'Helm');
  if (!owned) return;
  const { name, namespace = '' } = owned.metadata;
  const release = nameIn(owned, RELEASE.name) ?? 'RELEASE';
  const home = nameIn(owned, RELEASE.namespace) ?? namespace;
  throw new DiagnosticError('POD020', {
    message: `The Deployment ${name} in namespace ${namespace} belongs to the Helm release ${release} in namespace ${home}.`,
    fix: `Keep it with Helm (helm upgrade) and leave this task out, or run helm uninstall ${release} --namespace ${home} first.`,
  });
}

/** Annotations can hold any text; only what can be a name is repeated in a command. */
function nameIn({ metadata }: KubeObject, annotation: string): string | undefined {
  const value = metadata.annotations?.[annotation];
  return value !== undefined && /^[a-z0-9](?:[-.a-z0-9]{0,61}[a-z0-9])?$/.test(value) ? value : undefined;
}
