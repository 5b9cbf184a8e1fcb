/** The article's steps as runs of single tasks, for proofs that hold for each of the five. */
import assert from 'node:assert/strict';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import { deployDemo } from './demo.ts';
import { cluster } from './one-cluster.ts';
import type { World } from './world.ts';

export interface ArticleStep {
  readonly task: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** What the article's pipeline does before it, apart from the steps that stand before it here. */
  prepare?(world: World): Promise<void>;
}

const workload = 'deployment/aks-helloworld';

/** In the order of the pipeline; AksRoleGrants with the preset that writes more than one thing. */
export const articleSteps: readonly ArticleStep[] = [
  { task: 'AksRoleGrants', inputs: { ...cluster, preset: 'podIdentityClassic' } },
  { task: 'PodIdentityInstall', inputs: cluster },
  { task: 'KeyVaultGrant', inputs: { ...cluster, keyVault: 'kvpwe001' } },
  { task: 'PodIdentityBind', inputs: { ...cluster, namespace: 'default', workloads: workload }, prepare: deployDemo },
  {
    task: 'PodSecretCheck',
    inputs: { ...cluster, namespace: 'default', workload, keyVault: 'kvpwe001', secretName: 'password' },
  },
];

/** @returns the run, which succeeded */
export async function succeed(
  world: World,
  { task, inputs }: ArticleStep,
  options: Parameters<World['run']>[2] = {},
): Promise<TaskRun> {
  const run = await world.run(task, inputs, options);
  assert.equal(run.result, 'Succeeded', run.log.join('\n'));
  return run;
}
