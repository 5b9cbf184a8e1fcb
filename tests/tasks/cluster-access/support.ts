/** Tasks in this process that do not wait as long as users do between two looks at a run command. */
import type { CommonInputs, Operation } from '../../../src/operations/shared/operation.ts';
import { aksRoleGrants } from '../../../src/operations/aks-role-grants/operation.ts';
import { identityDoctor } from '../../../src/operations/identity-doctor/operation.ts';
import { keyVaultGrant } from '../../../src/operations/key-vault-grant/operation.ts';
import { podIdentityBind } from '../../../src/operations/pod-identity-bind/operation.ts';
import { podIdentityInstall } from '../../../src/operations/pod-identity-install/operation.ts';
import { podSecretCheck } from '../../../src/operations/pod-secret-check/operation.ts';
import { hurriedClock } from '../../support/hurried-clock.ts';
import type { InProcessRun } from '../../support/in-process.ts';
import { runInProcess } from '../../support/in-process.ts';
import type { World } from '../../support/world.ts';
import { withIds } from '../../support/world.ts';

type Runner = (options: Parameters<typeof runInProcess>[1]) => Promise<InProcessRun>;

function runnerOf<Inputs extends CommonInputs, Name extends string>(operation: Operation<Inputs, Name>): Runner {
  return (options) => runInProcess(operation, options);
}

const runners: Readonly<Record<string, Runner>> = {
  AksRoleGrants: runnerOf(aksRoleGrants),
  IdentityDoctor: runnerOf(identityDoctor),
  KeyVaultGrant: runnerOf(keyVaultGrant),
  PodIdentityBind: runnerOf(podIdentityBind),
  PodIdentityInstall: runnerOf(podIdentityInstall),
  PodSecretCheck: runnerOf(podSecretCheck),
};

export async function runHurried(
  { sandbox }: World,
  task: string,
  inputs: Readonly<Record<string, string>>,
): Promise<InProcessRun> {
  const run = runners[task];
  if (!run) throw new Error(`There is no task ${task}.`);
  return run({ sandbox, clock: hurriedClock, inputs: withIds(sandbox, inputs) });
}

/** The log, and what the host says last of a run that failed. */
export function text({ log, failure }: InProcessRun): string {
  const said = failure ? [`[${failure.code}] ${failure.message}`, failure.cause, failure.fix, failure.detail] : [];
  return [...log, ...said].join('\n');
}
