import type { ManagedIdentity } from '../../azure/aks-cluster.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import { kinds } from '../../kube/kinds.ts';
import type { KubeKind } from '../../kube/kinds.ts';
import { podTemplateOf } from '../../kube/pod-template.ts';
import type { AzureIdentity, AzureIdentityBinding, Pod, Workload } from '../../kube/shapes.ts';
import type { KubeLabelSpec } from '../../resources/kube-label/spec.ts';
import type { KubeObjectSpec } from '../../resources/kube-object/spec.ts';
import { isGuid } from '../../runtime/guid.ts';
import type { BindingNames } from './names.ts';

/** The label by which AAD Pod Identity matches pods with bindings. */
export const BINDING_LABEL = 'aadpodidbinding';

/** What MIC takes for a user-assigned identity; anything else it ignores, saying so in its log only. */
const RESOURCE_ID =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i;

/** Type 0 is a user-assigned managed identity. */
const USER_ASSIGNED = 0;

/**
 * The AzureIdentity; without an identity only its name, which is enough for a removal. The definitions check no field,
 * so they are checked here. @throws DiagnosticError POD015
 */
export function azureIdentitySpec(
  { azureIdentityName }: BindingNames,
  identity: ManagedIdentity | undefined,
  namespace: string,
): KubeObjectSpec {
  const { apiVersion, kind } = kinds.azureIdentity;
  const metadata = { name: azureIdentityName, namespace };
  const object: AzureIdentity = { apiVersion, kind, metadata, ...(identity ? { spec: checkedFields(identity) } : {}) };
  return { kind: kinds.azureIdentity, object, foreign: 'KUB017' };
}

function checkedFields({ name, resourceId, clientId }: ManagedIdentity): NonNullable<AzureIdentity['spec']> {
  if (!RESOURCE_ID.test(resourceId))
    throw new DiagnosticError('POD015', { message: `"${resourceId}" is no id of a user-assigned identity.` });
  if (!isGuid(clientId))
    throw new DiagnosticError('POD015', { message: `The client id "${clientId}" of ${name} is no GUID.` });
  return { type: USER_ASSIGNED, resourceID: resourceId, clientID: clientId };
}

export function bindingSpec(names: BindingNames, namespace: string): KubeObjectSpec {
  const { apiVersion, kind } = kinds.azureIdentityBinding;
  const object: AzureIdentityBinding = {
    apiVersion,
    kind,
    metadata: { name: names.bindingName, namespace },
    spec: { azureIdentity: names.azureIdentityName, selector: names.selector },
  };
  return { kind: kinds.azureIdentityBinding, object, foreign: 'KUB017' };
}

/** A workload that was found, with the kind under which it is addressed. */
export interface FoundWorkload {
  readonly kind: KubeKind<Workload>;
  readonly object: Workload;
}

export function workloadLabelSpec({ kind, object }: FoundWorkload, value: string): KubeLabelSpec {
  const labels = podTemplateOf(kind, object).metadata?.labels ?? {};
  return { kind, on: 'pod template', object, label: BINDING_LABEL, value, labels };
}

export function podLabelSpec(pod: Pod, value: string): KubeLabelSpec {
  return { kind: kinds.pod, on: 'pod', object: pod, label: BINDING_LABEL, value, labels: pod.metadata.labels ?? {} };
}
