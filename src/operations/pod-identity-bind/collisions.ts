import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { diagnostic, DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { kinds } from '../../kube/kinds.ts';
import { kubeRefusal } from '../../kube/refusal.ts';
import type { AzureIdentity, AzureIdentityBinding } from '../../kube/shapes.ts';
import type { BindingNames } from './names.ts';

/** The identities and bindings of all namespaces; undefined where AAD Pod Identity is not installed. */
export interface Existing {
  readonly identities: readonly AzureIdentity[];
  readonly bindings: readonly AzureIdentityBinding[];
}

export async function readExisting(cluster: KubeCluster, signal: AbortSignal): Promise<Existing | undefined> {
  try {
    const [identities, bindings] = await Promise.all([
      cluster.list(kinds.azureIdentity, {}, signal),
      cluster.list(kinds.azureIdentityBinding, {}, signal),
    ]);
    return { identities, bindings };
  } catch (error) {
    if (kubeRefusal(error)?.code === 404) return undefined;
    throw error;
  }
}

/**
 * What of others gets in the way: warnings for other namespaces (an installation in namespaced mode keeps them apart).
 * Pure. @throws DiagnosticError POD007 where the selector belongs to another identity of the same namespace, POD030
 * where our name belongs to a service principal
 */
export function collisions(
  { identities, bindings }: Existing,
  { azureIdentityName, bindingName, selector }: BindingNames,
  namespace: string,
): readonly Diagnostic[] {
  refuseServicePrincipal(identities, azureIdentityName, namespace);
  const sameSelector = bindings.filter(({ spec }) => spec?.selector === selector);
  const here = sameSelector.find(
    ({ metadata, spec }) =>
      metadata.namespace === namespace && metadata.name !== bindingName && spec?.azureIdentity !== azureIdentityName,
  );
  if (here) {
    const message = `The AzureIdentityBinding ${here.metadata.name} in namespace ${namespace} binds the selector ${selector} to ${here.spec?.azureIdentity ?? ''}.`;
    throw new DiagnosticError('POD007', { message });
  }
  const elsewhere = ({ metadata }: AzureIdentity | AzureIdentityBinding): boolean => metadata.namespace !== namespace;
  const place = ({ metadata }: AzureIdentity | AzureIdentityBinding): string =>
    `${metadata.name} in namespace ${metadata.namespace ?? ''}`;
  return [
    ...sameSelector
      .filter(elsewhere)
      .map((each) =>
        diagnostic('POD007', { message: `The AzureIdentityBinding ${place(each)} has the selector ${selector}, too.` }),
      ),
    ...identities
      .filter((each) => each.metadata.name === azureIdentityName && elsewhere(each))
      .map((each) => diagnostic('POD008', { message: `There is also an AzureIdentity ${place(each)}.` })),
  ];
}

/** Type 0 is a managed identity, which is what we write; 1 and 2 are service principals, with a secret or a certificate. */
function refuseServicePrincipal(identities: readonly AzureIdentity[], name: string, namespace: string): void {
  const type = identities.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)?.spec
    ?.type;
  if (type !== 1 && type !== 2) return;
  const how = type === 1 ? 'secret' : 'certificate';
  const message = `The AzureIdentity ${name} in namespace ${namespace} is of type ${String(type)}: a service principal with a ${how}.`;
  throw new DiagnosticError('POD030', { message });
}

/** Whether another binding of the namespace uses the AzureIdentity. Pure. */
export function isShared(
  existing: Existing | undefined,
  { azureIdentityName, bindingName }: BindingNames,
  namespace: string,
): boolean {
  const others = existing?.bindings.filter(
    ({ metadata, spec }) =>
      metadata.namespace === namespace && metadata.name !== bindingName && spec?.azureIdentity === azureIdentityName,
  );
  return others !== undefined && others.length > 0;
}
