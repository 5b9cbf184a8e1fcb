import { diagnostic, DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { Goal } from '../../engine/goal.ts';
import type { ResourceKey } from '../../engine/resource.ts';
import type { Wait } from '../../engine/settle.ts';
import { settle } from '../../engine/settle.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { kinds } from '../../kube/kinds.ts';
import { kubeRefusal } from '../../kube/refusal.ts';
import { definitionName } from '../../kube/waits/served.ts';
import type { KubeObjectContext } from '../../resources/kube-object/handler.ts';
import { isOurs } from '../../resources/kube-object/spec.ts';
import { startBudget } from '../../runtime/budget.ts';
import { count } from '../../runtime/text.ts';
import type { Part, SpecHooks } from './goals.ts';
import { installation, installationGoals, keyOf, objectGoal } from './goals.ts';
import type { PodIdentityInstallInputs } from './inputs.ts';
import { exceptions } from './manifests/exceptions.ts';
import type { Manifest, ManifestOptions } from './manifests/manifest.ts';
import { LEADER_ENDPOINTS, mic, MIC_CONFIG_MAP, micPodLabels } from './manifests/mic.ts';
import { nmiPodLabels } from './manifests/nmi.ts';
import type { Usage } from './usage.ts';
import { podsGoneWait } from './waits.ts';
import { readUsage, requireUnused } from './usage.ts';

/** How long MIC may take to take identities off the scale sets before it is removed itself. */
const DRAIN = 120_000;

/**
 * The goals of a removal, in the order in which the engine deletes (last first): identities and bindings while MIC still
 * runs and can take them off the scale sets, then the programs, what they left, their rights, and the definitions.
 * @throws DiagnosticError POD005 while it is used, unless `force`
 */
export async function removalGoals(
  inputs: PodIdentityInstallInputs,
  context: KubeObjectContext,
  { before, signal }: { readonly before: readonly ResourceKey[]; readonly signal: AbortSignal },
): Promise<readonly Goal[]> {
  // Whatever mode it was installed in: what is not there needs no removal.
  const whole: ManifestOptions = { ...inputs, installMode: 'standard' };
  const parts = installation(whole, before);
  const own = await readOwnership(inputs, context.cluster, signal);
  const usage =
    own.definitions || own.controller ? await readUsage(context.cluster, exceptions(whole), signal) : noUsage;
  requireUnused(usage, inputs.force);
  const leftovers = own.definitions || own.controller ? byProducts(inputs, parts, before) : [];
  // They go because their definitions go; where those belong to another tool, they stay.
  const used = (own.definitions ? usage.dependents : []).map((manifest): Part => ({
    manifest,
    after: parts.map((part) => keyOf(part.manifest)),
  }));
  const controller = keyOf(mic(inputs));
  const ordered = parts.map((part) =>
    keyOf(part.manifest) === controller
      ? { ...part, after: [...part.after, ...leftovers.map(({ key }) => key)] }
      : part,
  );
  const hooks = (manifest: Manifest): SpecHooks => hooksFor(manifest, { inputs, context, usage });
  const foreign = { wanted: 'absent', hooks: { deleteForeign: true } } as const;
  return [
    ...installationGoals(ordered, context, { wanted: 'absent', hooks }),
    ...leftovers.map(({ manifest, after }) => objectGoal(manifest, context, { ...foreign, after })),
    ...used.map(({ manifest, after }) => objectGoal(manifest, context, { ...foreign, after })),
  ];
}

const noUsage: Usage = { dependents: [], assignments: [] };

/** Either may be another tool's: equal objects that were there before stay with their maker. */
async function readOwnership(
  inputs: ManifestOptions,
  cluster: KubeCluster,
  signal: AbortSignal,
): Promise<{ readonly definitions: boolean; readonly controller: boolean }> {
  const name = definitionName(kinds.azureIdentity);
  const [definition, controller] = await Promise.all([
    cluster.get(kinds.customResourceDefinition, { name }, signal),
    cluster.get(kinds.deployment, mic(inputs).object.metadata, signal),
  ]);
  return {
    definitions: definition !== undefined && isOurs(definition),
    controller: controller !== undefined && isOurs(controller),
  };
}

/** What MIC makes for itself: its lock and its record of upgrades. They go after MIC and before the definitions. */
function byProducts(
  { namespace }: ManifestOptions,
  parts: readonly Part[],
  before: readonly ResourceKey[],
): readonly (Part & { readonly key: ResourceKey })[] {
  const after = parts
    .filter(({ manifest }) => manifest.kind === kinds.customResourceDefinition)
    .map(({ manifest }) => keyOf(manifest));
  const named = [
    [kinds.endpoints, LEADER_ENDPOINTS],
    [kinds.configMap, MIC_CONFIG_MAP],
  ] as const;
  return named.map(([kind, name]) => {
    const manifest = { kind, object: { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name, namespace } } };
    return { manifest, after: [...after, ...before], key: keyOf(manifest) };
  });
}

interface Removal {
  readonly inputs: PodIdentityInstallInputs;
  readonly context: KubeObjectContext;
  readonly usage: Usage;
}

function hooksFor({ kind, object }: Manifest, removal: Removal): SpecHooks {
  const { inputs, context } = removal;
  const { namespace } = inputs;
  if (kind === kinds.deployment) {
    return {
      beforeDelete: (signal) => drain(removal, signal),
      afterDelete: podsGoneWait(context.cluster, namespace, micPodLabels),
    };
  }
  if (kind === kinds.daemonSet) return { afterDelete: podsGoneWait(context.cluster, namespace, nmiPodLabels) };
  if (object.metadata.name === definitionName(kinds.azureAssignedIdentity))
    return { beforeDelete: (signal) => releaseAssignments(context.cluster, signal) };
  return {};
}

/** Gives MIC time to take the identities off the scale sets; an MIC that cannot do it does not stop the removal. */
async function drain({ context, usage }: Removal, signal: AbortSignal): Promise<void> {
  if (usage.assignments.length === 0) return;
  const { cluster, clock, budget, observer } = context;
  const limited = startBudget(clock, Math.min(DRAIN, budget.remaining() / 2));
  const wait: Wait = {
    what: 'MIC to take the identities off the scale sets',
    measure: async (stop) => {
      const left = await listAssignments(cluster, stop);
      if (left.length === 0) return { state: 'settled', measured: 'done' };
      return { state: 'waiting', measured: `${count(left.length, 'assignment')} left` };
    },
    timedOut: (measured) => diagnostic('POD009', { message: `MIC did not take the identities away: ${measured}.` }),
  };
  try {
    await settle(wait, { clock, budget: limited, observer, signal });
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    observer({ type: 'note', text: 'MIC did not take all identities off the scale sets; they stay there.' });
  }
}

/** Only MIC clears the finalizer of its assignments; once it is gone they, and their definition, would stay for ever. */
async function releaseAssignments(cluster: KubeCluster, signal: AbortSignal): Promise<void> {
  for (const { metadata } of await listAssignments(cluster, signal)) {
    try {
      await cluster.mergePatch(kinds.azureAssignedIdentity, metadata, { metadata: { finalizers: null } });
      await cluster.delete(kinds.azureAssignedIdentity, metadata);
    } catch (error) {
      if (kubeRefusal(error)?.code !== 404) throw error;
    }
  }
}

async function listAssignments(cluster: KubeCluster, signal: AbortSignal): Promise<Usage['assignments']> {
  try {
    return await cluster.list(kinds.azureAssignedIdentity, {}, signal);
  } catch (error) {
    if (kubeRefusal(error)?.code === 404) return [];
    throw error;
  }
}
