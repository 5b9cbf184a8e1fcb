import type { KubeKind } from '../../kube/kinds.ts';
import { kinds } from '../../kube/kinds.ts';
import type { Workload } from '../../kube/shapes.ts';
import { rules } from '../../inputs/input-reader.ts';

/** One line of the input `workloads`. */
export type WorkloadLine =
  | { readonly by: 'name'; readonly kind: KubeKind<Workload>; readonly name: string }
  | { readonly by: 'release'; readonly release: string };

/** The kinds whose pods can be labelled by a pod template, under the names that kubectl takes. */
const workloadKinds: ReadonlyMap<string, KubeKind<Workload>> = new Map(
  Object.entries({
    deployment: kinds.deployment,
    deployments: kinds.deployment,
    deploy: kinds.deployment,
    statefulset: kinds.statefulSet,
    statefulsets: kinds.statefulSet,
    sts: kinds.statefulSet,
    daemonset: kinds.daemonSet,
    daemonsets: kinds.daemonSet,
    ds: kinds.daemonSet,
    replicaset: kinds.replicaSet,
    replicasets: kinds.replicaSet,
    rs: kinds.replicaSet,
    replicationcontroller: kinds.replicationController,
    replicationcontrollers: kinds.replicationController,
    rc: kinds.replicationController,
    cronjob: kinds.cronJob,
    cronjobs: kinds.cronJob,
    cj: kinds.cronJob,
    rollout: kinds.rollout,
    rollouts: kinds.rollout,
  }),
);

/** Kubernetes refuses every change of it (field is immutable). */
const FIXED =
  'any kind but job, whose pod template cannot be changed: write the label aadpodidbinding into its manifest';

/** The line taken apart, or what is allowed where it is none. */
export function parseWorkloadLine(text: string): WorkloadLine | string {
  const [prefix = '', name = '', ...more] = text.split('/');
  if (/^jobs?$/i.test(prefix)) return FIXED;
  const kind = workloadKinds.get(prefix.toLowerCase());
  const isRelease = prefix.toLowerCase() === 'helm';
  if (more.length > 0 || name === '' || (!kind && !isRelease))
    return 'kind/name with the kind deployment, statefulset, daemonset, replicaset, replicationcontroller, cronjob or rollout (Argo), or helm/release';
  const wrong = rules.objectName(name);
  if (wrong !== undefined) return `${prefix}/ and ${wrong}`;
  return kind ? { by: 'name', kind, name } : { by: 'release', release: name };
}
