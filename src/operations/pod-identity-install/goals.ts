import type { Goal, GoalOptions } from '../../engine/goal.ts';
import { goal } from '../../engine/goal.ts';
import type { Presence, ResourceKey } from '../../engine/resource.ts';
import { kinds } from '../../kube/kinds.ts';
import { servedWait } from '../../kube/waits/served.ts';
import type { KubeObjectContext } from '../../resources/kube-object/handler.ts';
import { kubeObjectKey, kubeObjects } from '../../resources/kube-object/handler.ts';
import type { KubeObjectSpec } from '../../resources/kube-object/spec.ts';
import { access } from './manifests/access.ts';
import { definitions } from './manifests/definitions.ts';
import { exceptions } from './manifests/exceptions.ts';
import type { Manifest, ManifestOptions } from './manifests/manifest.ts';
import { mic } from './manifests/mic.ts';
import { nmi } from './manifests/nmi.ts';

/** An object of the installation and what must be there before it (and outlives it in a removal). */
export interface Part {
  readonly manifest: Manifest;
  readonly after: readonly ResourceKey[];
}

export function keyOf({ kind, object }: Manifest): ResourceKey {
  return kubeObjectKey(kind, object);
}

/**
 * The whole installation in order: definitions, rights, exceptions, programs. The exceptions come before NMI, because
 * NMI would otherwise catch the token requests of MIC. Pure.
 */
export function installation(options: ManifestOptions, before: readonly ResourceKey[] = []): readonly Part[] {
  const crds = definitions(options);
  const crdKeys = crds.map(keyOf);
  const standard = options.installMode === 'standard';
  const rights = { mic: standard ? access('mic', options) : [], nmi: access('nmi', options) };
  const excepted = exceptions(options);
  const needs = (manifests: readonly Manifest[]): ResourceKey[] => [...before, ...crdKeys, ...manifests.map(keyOf)];
  const part = (manifest: Manifest, after: readonly ResourceKey[]): Part => ({ manifest, after });
  return [
    ...crds.map((each) => part(each, [])),
    ...[rights.mic, rights.nmi].flatMap((own) => own.map((each) => part(each, rightNeeds(each, own, before)))),
    ...excepted.map((each) => part(each, [...before, ...crdKeys])),
    ...(standard ? [part(mic(options), needs(rights.mic))] : []),
    part(nmi(options), needs([...rights.nmi, ...excepted])),
  ];
}

/** A ClusterRoleBinding needs its role, everything else of the rights only the namespace. */
function rightNeeds(
  { kind }: Manifest,
  rights: readonly Manifest[],
  before: readonly ResourceKey[],
): readonly ResourceKey[] {
  if (kind !== kinds.clusterRoleBinding) return before;
  return [...before, ...rights.filter((each) => each.kind !== kinds.clusterRoleBinding).map(keyOf)];
}

export type SpecHooks = Pick<KubeObjectSpec, 'beforeDelete' | 'afterDelete' | 'deleteForeign'>;

/** The goals of an installation or of its removal. `hooks` adds to a removal what must happen around a deletion. */
export function installationGoals(
  parts: readonly Part[],
  context: KubeObjectContext,
  { wanted, hooks }: { readonly wanted: Presence; readonly hooks?: (manifest: Manifest) => SpecHooks },
): readonly Goal[] {
  return parts.map(({ manifest, after }) =>
    objectGoal(manifest, context, { wanted, after, ...(hooks ? { hooks: hooks(manifest) } : {}) }),
  );
}

export function objectGoal(
  { kind, object }: Manifest,
  context: KubeObjectContext,
  { hooks = {}, ...options }: GoalOptions & { readonly hooks?: SpecHooks },
): Goal {
  const custom = kind === kinds.azurePodIdentityException;
  const spec: KubeObjectSpec = {
    kind,
    object,
    foreign: 'POD014',
    ...(custom ? { beforeApply: servedWait(context.cluster, [kind]) } : {}),
    ...hooks,
  };
  return goal(kubeObjects(kind, context), spec, options);
}
