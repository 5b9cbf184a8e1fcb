/**
 * Round trips that cannot be spared, written down by hand from what each task must know before it can ask the next
 * thing; never counted from a run of ours. Waits for the cluster (rollouts, MIC) are not in them.
 */
export interface Trips {
  readonly task: string;
  /** When everything has to be made. */
  readonly first: number;
  /** When nothing has to be done. */
  readonly again: number;
  readonly why: string;
}

export const trips: readonly Trips[] = [
  { task: 'AksRoleGrants', first: 4, again: 3, why: 'token, cluster, lists side by side, PUTs side by side' },
  {
    task: 'KeyVaultGrant',
    first: 4,
    again: 2,
    why: 'token, vault, cluster, accessPolicies/add; vault and cluster are read side by side, so three are enough',
  },
  {
    task: 'PodIdentityInstall',
    first: 8,
    again: 5,
    why: 'token, cluster, credentials, reads side by side; then CRDs, established, their objects and workloads; readiness',
  },
  {
    task: 'PodIdentityBind',
    first: 7,
    again: 5,
    why: 'token, cluster, credentials, reads side by side; then identity, binding and label; rollout; assigned',
  },
  { task: 'PodSecretCheck', first: 5, again: 5, why: 'token, credentials, workload, pods, exec' },
];

/** What a task may take beyond an empty one: a fifth more than its trips, and one and a half starts of node. */
export function allowance(task: string, run: 'first' | 'again', measured: { latency: number; bare: number }): number {
  const known = trips.find((each) => each.task === task)?.[run] ?? 0;
  return 1.2 * known * measured.latency + 1.5 * measured.bare;
}
