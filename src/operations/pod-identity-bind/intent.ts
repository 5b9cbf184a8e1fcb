import type { AksCluster, ManagedIdentity } from '../../azure/aks-cluster.ts';
import { readCluster } from '../../azure/aks-cluster.ts';
import type { IdentityChoice } from '../../azure/identity-lookup.ts';
import { findIdentity } from '../../azure/identity-lookup.ts';
import { parseResourceId } from '../../azure/resource-id.ts';
import { diagnostic, DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { Goal } from '../../engine/goal.ts';
import { goal } from '../../engine/goal.ts';
import type { Intent } from '../../engine/walk.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { openCluster } from '../../kube/connection.ts';
import { kinds } from '../../kube/kinds.ts';
import type { Pod } from '../../kube/shapes.ts';
import { rolloutWait } from '../../kube/waits/rollout.ts';
import { kubeLabels } from '../../resources/kube-label/handler.ts';
import { kubeObjects } from '../../resources/kube-object/handler.ts';
import type { IntentOf } from '../shared/operation.ts';
import type { Services } from '../shared/services.ts';
import { assignedWait } from './assigned-wait.ts';
import type { Existing } from './collisions.ts';
import { collisions, isShared, readExisting } from './collisions.ts';
import type { FoundWorkload } from './goals.ts';
import { azureIdentitySpec, BINDING_LABEL, bindingSpec, podLabelSpec, workloadLabelSpec } from './goals.ts';
import type { PodIdentityBindInputs } from './inputs.ts';
import { chartValues, gitOpsWarnings } from './managers.ts';
import type { BindingNames } from './names.ts';
import { bindingNames } from './names.ts';
import { findPods, findWorkloads } from './targets.ts';

export const podIdentityBindIntent: IntentOf<PodIdentityBindInputs> = async (inputs, services) => {
  const binding = await readBinding(inputs, services);
  const { names, workloads } = binding;
  return {
    mode: inputs.mode,
    goals: bindingGoals(inputs, binding, services),
    waits: [
      ...workloads.map(({ kind, object }) =>
        rolloutWait(binding.cluster, {
          kind,
          namespace: inputs.namespace,
          name: object.metadata.name,
          ...(inputs.mode === 'remove' ? {} : { podLabels: { [BINDING_LABEL]: names.selector } }),
        }),
      ),
      ...(inputs.mode === 'remove' ? [] : [assignedWait({ ...services, ...binding, namespace: inputs.namespace })]),
    ],
    outputs: { ...names },
  } satisfies Intent;
};

interface Binding {
  readonly cluster: KubeCluster;
  /** Undefined in a removal: an identity that is gone from Azure must not keep its binding alive. */
  readonly identity: ManagedIdentity | undefined;
  /** Other bindings use the AzureIdentity, so a removal leaves it. */
  readonly shared: boolean;
  readonly names: BindingNames;
  readonly workloads: readonly FoundWorkload[];
  readonly pods: readonly Pod[];
}

/** Everything that must be known before the first write, refusals included. */
async function readBinding(inputs: PodIdentityBindInputs, services: Services): Promise<Binding> {
  const { azure, observer, signal } = services;
  const aks = await readCluster(azure, inputs);
  const { kubernetesServiceConnection, clusterAccess } = inputs;
  const [identity, cluster] = await Promise.all([
    inputs.mode === 'remove' ? undefined : findIdentity(azure, { cluster: aks }, inputs.identity),
    openCluster(services, { cluster: aks, kubernetesServiceConnection, clusterAccess }),
  ]);
  const names = bindingNames(identity?.name ?? chosenName(inputs.identity, aks), inputs);
  const [workloads, pods, existing] = await Promise.all([
    findWorkloads(inputs, cluster, signal),
    findPods(inputs, cluster, signal),
    readExisting(cluster, signal),
  ]);
  const binding = { cluster, identity, names, workloads, pods, shared: isShared(existing, names, inputs.namespace) };
  if (inputs.mode === 'remove') return binding;
  refuseCollisions(inputs, { existing, names }, { ...services, cluster });
  for (const each of gitOpsWarnings(workloads, names.selector)) observer({ type: 'warning', diagnostic: each });
  const values = chartValues(workloads, names.selector);
  if (values !== undefined) observer({ type: 'note', text: values });
  observer({
    type: 'note',
    text: `Pods in namespace ${inputs.namespace} with ${BINDING_LABEL}=${names.selector} use the identity ${identity?.name ?? ''}.`,
  });
  return binding;
}

function chosenName(choice: IdentityChoice, { kubeletIdentity }: AksCluster): string {
  if (choice.by === 'kubelet') return kubeletIdentity?.name ?? '';
  return choice.by === 'id' ? (parseResourceId(choice.resourceId)?.name ?? '') : choice.name;
}

function refuseCollisions(
  { mode, namespace, pods }: PodIdentityBindInputs,
  { existing, names }: { readonly existing: Existing | undefined; readonly names: BindingNames },
  { cluster, observer }: Services & { readonly cluster: KubeCluster },
): void {
  const missing = diagnostic('POD006', { message: `The cluster ${cluster.name} has no AAD Pod Identity.` });
  if (!existing && mode === 'apply') throw DiagnosticError.of(missing);
  const found = existing ? collisions(existing, names, namespace) : [missing];
  const lost = diagnostic('POD010', { message: `The label is set on running pods that match "${pods ?? ''}".` });
  for (const each of [...found, ...(pods === undefined ? [] : [lost])]) observer({ type: 'warning', diagnostic: each });
}

/** Identity before binding before label: pods that start with the label find everything in place. */
function bindingGoals(inputs: PodIdentityBindInputs, binding: Binding, services: Services): readonly Goal[] {
  const { cluster, identity, names, workloads, pods, shared } = binding;
  const wanted = inputs.mode === 'remove' ? 'absent' : 'present';
  const context = { ...services, cluster };
  const azureIdentity = goal(
    kubeObjects(kinds.azureIdentity, context),
    azureIdentitySpec(names, identity, inputs.namespace),
    { wanted },
  );
  const azureBinding = goal(kubeObjects(kinds.azureIdentityBinding, context), bindingSpec(names, inputs.namespace), {
    wanted,
    after: [azureIdentity.key],
  });
  const options = { wanted, after: [azureBinding.key] } as const;
  return [
    ...(wanted === 'absent' && shared ? [] : [azureIdentity]),
    azureBinding,
    ...workloads.map((each) => goal(kubeLabels(each.kind, cluster), workloadLabelSpec(each, names.selector), options)),
    ...pods.map((pod) => goal(kubeLabels(kinds.pod, cluster), podLabelSpec(pod, names.selector), options)),
  ];
}
