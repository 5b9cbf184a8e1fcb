/** Pod Security admission by namespace label: k8s.io/pod-security-admission. */
import type { Core, Target, WriteContext } from './core.ts';
import { forbidden } from './errors.ts';
import { recordAt, stringAt, stringMapAt, type Draft, type Json } from './json.ts';
import { violations, type Level } from './pod-security-checks.ts';

const PREFIX = 'pod-security.kubernetes.io';

/** Refuses pods by the `enforce` label (403), warns of workloads whose pods would be refused. */
export function checkPodSecurity(core: Core, target: Target, draft: Draft, context: WriteContext): void {
  const podSpec = podSpecOf(target, draft);
  if (!podSpec || target.namespace === undefined) return;
  const labels = stringMapAt(core.store.get('namespaces.', undefined, target.namespace), 'metadata', 'labels');
  const enforce = labels[`${PREFIX}/enforce`];
  const isPod = target.info.plural === 'pods';
  if (isPod) {
    const text = violationText(podSpec, enforce, labels[`${PREFIX}/enforce-version`]);
    if (text !== undefined) throw forbidden(target.info, stringAt(draft, 'metadata', 'name'), `violates ${text}`);
  }
  const version = labels[`${PREFIX}/warn-version`] ?? labels[`${PREFIX}/enforce-version`];
  const warning = violationText(podSpec, labels[`${PREFIX}/warn`] ?? enforce, version);
  if (warning !== undefined) context.warnings.push(`would violate ${warning}`);
}

function violationText(podSpec: Json, level: string | undefined, version = 'latest'): string | undefined {
  if (level !== 'baseline' && level !== 'restricted') return undefined;
  const found = violations(podSpec, level satisfies Level);
  if (found.length === 0) return undefined;
  return `PodSecurity "${level}:${version}": ${found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')}`;
}

const templates: Readonly<Record<string, readonly string[]>> = {
  'pods.': ['spec'],
  'replicationcontrollers.': ['spec', 'template', 'spec'],
  'podtemplates.': ['template', 'spec'],
  'deployments.apps': ['spec', 'template', 'spec'],
  'daemonsets.apps': ['spec', 'template', 'spec'],
  'replicasets.apps': ['spec', 'template', 'spec'],
  'statefulsets.apps': ['spec', 'template', 'spec'],
  'jobs.batch': ['spec', 'template', 'spec'],
  'cronjobs.batch': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

function podSpecOf({ info }: Target, draft: Draft): Json | undefined {
  const path = templates[`${info.plural}.${info.group}`];
  return path ? recordAt(draft, ...path) : undefined;
}
