import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import type { KubeKind } from '../../kube/kinds.ts';
import { kinds } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/shapes.ts';
import type { IdentityFact } from '../facts.ts';

interface Asked {
  readonly clientId: string | undefined;
  readonly namespace: string;
  readonly bindingLabel: string | undefined;
}

/**
 * The identity that the input clientId asks for, else the one that the pod's label leads to. Reading bindings is
 * optional: without the right to, the answer is `unknown`.
 */
export async function expectedIdentity(cluster: KubeCluster, asked: Asked, signal: AbortSignal): Promise<IdentityFact> {
  const bound = await boundIdentity(cluster, asked, signal);
  if (asked.clientId === undefined) return bound;
  const clientId = asked.clientId.toLowerCase();
  const known = bound.state === 'bound' ? bound.identities.some((each) => each.clientId === clientId) : undefined;
  return { state: 'given', clientId, bound: known };
}

/** A binding names an identity of its own namespace; the pod may be in any (facts: pod identity 2.3). */
async function boundIdentity(
  cluster: KubeCluster,
  { namespace, bindingLabel }: Asked,
  signal: AbortSignal,
): Promise<IdentityFact> {
  if (bindingLabel === undefined) return { state: 'unlabelled' };
  try {
    const [bindings, identities] = await Promise.all([
      listWherePossible(cluster, kinds.azureIdentityBinding, namespace, signal),
      listWherePossible(cluster, kinds.azureIdentity, namespace, signal),
    ]);
    const found = bindings
      .filter(({ spec }) => spec?.selector === bindingLabel)
      .flatMap(({ metadata, spec }) =>
        identities.filter((each) => isNamed(each, spec?.azureIdentity, metadata.namespace)),
      )
      .map(({ metadata, spec }) => ({ name: metadata.name, clientId: (spec?.clientID ?? '').toLowerCase() }));
    const distinct = [...new Map(found.map((each) => [each.clientId, each])).values()];
    return distinct.length === 0 ? { state: 'unbound', label: bindingLabel } : { state: 'bound', identities: distinct };
  } catch (error) {
    if (error instanceof DiagnosticError) return { state: 'unknown', because: error.message };
    throw error;
  }
}

function isNamed({ metadata }: KubeObject, name: string | undefined, namespace: string | undefined): boolean {
  return metadata.name === name && metadata.namespace === namespace;
}

/** All namespaces, or only the pod's where the connection may not read all. */
async function listWherePossible<Shape extends KubeObject>(
  cluster: KubeCluster,
  kind: KubeKind<Shape>,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly Shape[]> {
  try {
    return await cluster.list(kind, {}, signal);
  } catch (error) {
    if (error instanceof DiagnosticError && error.diagnostic.code === 'KUB004') {
      return cluster.list(kind, { namespace }, signal);
    }
    throw error;
  }
}
