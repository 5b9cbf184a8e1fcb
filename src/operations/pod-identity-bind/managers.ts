import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { KubeObject } from '../../kube/shapes.ts';
import type { FoundWorkload } from './goals.ts';
import { BINDING_LABEL } from './goals.ts';

/** Marks that GitOps controllers put on what they manage (documentation of Argo CD and Flux). */
const gitOpsMarks: readonly (readonly [string, string])[] = [
  ['argocd.argoproj.io/tracking-id', 'Argo CD'],
  ['argocd.argoproj.io/instance', 'Argo CD'],
  ['kustomize.toolkit.fluxcd.io/name', 'Flux'],
  ['helm.toolkit.fluxcd.io/name', 'Flux'],
];

const HELM_RELEASE = 'meta.helm.sh/release-name';

/** A warning for each workload that another tool will set back to what its source says. Pure. */
export function gitOpsWarnings(workloads: readonly FoundWorkload[], selector: string): readonly Diagnostic[] {
  return workloads.flatMap(({ kind, object }) => {
    const [, manager] = gitOpsMarks.find(([mark]) => markOf(object, mark) !== undefined) ?? [];
    if (manager === undefined) return [];
    const message = `${manager} manages the ${kind.kind} ${object.metadata.name}: it will take the label away again.`;
    const fix = `Write the label ${BINDING_LABEL}: ${selector} into the pod template at the source that ${manager} reads, and leave the workload out of workloads.`;
    return [diagnostic('POD016', { message, fix })];
  });
}

/** What to write into the values of a chart, so that a label belongs to the release; undefined without one. Pure. */
export function chartValues(workloads: readonly FoundWorkload[], selector: string): string | undefined {
  const releases = workloads.flatMap(({ object }) => object.metadata.annotations?.[HELM_RELEASE] ?? []);
  if (releases.length === 0) return undefined;
  const names = [...new Set(releases)].join(', ');
  return `Helm made workloads of the release ${names}. Where its chart has podLabels, these values keep the label in the release:\n  podLabels:\n    ${BINDING_LABEL}: ${selector}`;
}

function markOf({ metadata }: KubeObject, mark: string): string | undefined {
  return metadata.labels?.[mark] ?? metadata.annotations?.[mark];
}
