import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import type { KubeKind } from '../../kube/kinds.ts';
import { kinds } from '../../kube/kinds.ts';
import type { AzureIdentity, AzureIdentityBinding, KubeObject } from '../../kube/shapes.ts';
import type { IdentityFact } from '../facts.ts';

interface Asked {
  readonly clientId: string | undefined;
  readonly bindingLabel: string | undefined;
}

/** Bindings and identities of the cluster, read once for all pods; or why they are not known. */
export type Bindings =
  | {
      readonly known: true;
      readonly bindings: readonly AzureIdentityBinding[];
      readonly identities: readonly AzureIdentity[];
    }
  | { readonly known: false; readonly because: string };

/** Reading bindings is optional: without the right to, nothing is known. */
export async function readBindings(cluster: KubeCluster, namespace: string, signal: AbortSignal): Promise<Bindings> {
  try {
    const [bindings, identities] = await Promise.all([
      listWherePossible(cluster, kinds.azureIdentityBinding, namespace, signal),
      listWherePossible(cluster, kinds.azureIdentity, namespace, signal),
    ]);
    return { known: true, bindings, identities };
  } catch (error) {
    if (error instanceof DiagnosticError) return { known: false, because: error.message };
    throw error;
  }
}

/** The identity that the input clientId asks for, else the one that the pod's label leads to. */
export async function expectedIdentity(asked: Asked, read: () => Promise<Bindings>): Promise<IdentityFact> {
  const { bindingLabel } = asked;
  const bound: IdentityFact =
    bindingLabel === undefined ? { state: 'unlabelled' } : boundIdentity(bindingLabel, await read());
  if (asked.clientId === undefined) return bound;
  const clientId = asked.clientId.toLowerCase();
  const known = bound.state === 'bound' ? bound.identities.some((each) => each.clientId === clientId) : undefined;
  return { state: 'given', clientId, bound: known };
}

/** A binding names an identity of its own namespace; the pod may be in any (facts: pod identity 2.3). */
function boundIdentity(label: string, read: Bindings): IdentityFact {
  if (!read.known) return { state: 'unknown', because: read.because };
  const found = read.bindings
    .filter(({ spec }) => spec?.selector === label)
    .flatMap(({ metadata, spec }) =>
      read.identities.filter((each) => isNamed(each, spec?.azureIdentity, metadata.namespace)),
    )
    .map(({ metadata, spec }) => ({ name: metadata.name, clientId: (spec?.clientID ?? '').toLowerCase() }));
  const distinct = [...new Map(found.map((each) => [each.clientId, each])).values()];
  return distinct.length === 0 ? { state: 'unbound', label } : { state: 'bound', identities: distinct };
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
