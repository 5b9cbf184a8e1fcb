/** What the tests of fleets have in common. */
import type { RunTaskOptions, TaskRun } from '../../../sandbox/agent/index.ts';
import { fleetInputs } from '../../support/fleet.ts';
import type { World } from '../../support/world.ts';

export function textOf({ log }: TaskRun): string {
  return log.join('\n');
}

/** Runs AksRoleGrants with three grants for each of these clusters. */
export function grant(
  world: World,
  clusters: string,
  more: Readonly<Record<string, string>> = {},
  options: Partial<RunTaskOptions> = {},
): Promise<TaskRun> {
  return world.run('AksRoleGrants', { ...fleetInputs, clusters, ...more }, options);
}

/** The assignments that the task made, each by its scope, role and principal. */
export function grantsMade({ sandbox }: World): readonly string[] {
  return sandbox.azure
    .snapshot()
    .roleAssignments.filter(({ description }) => description?.startsWith('Made by Keyless Pods'))
    .map(({ scope, role, principalId }) => `${scope} ${role} ${principalId}`);
}

/** Paths of the writes so far, refused ones left out. */
export function writtenPaths(world: World): readonly string[] {
  return world
    .writes()
    .filter(({ status }) => status < 400)
    .map(({ path }) => path.split('?')[0] ?? '');
}

/** The table's line of a cluster, in single blanks. */
export function rowOf(run: TaskRun, cluster: string): string | undefined {
  const lines = run.log.map((line) => line.trim().replaceAll(/ {2,}/g, ' '));
  return lines.findLast((line) => line.startsWith(`${cluster} `));
}
