import { aksRoleGrants } from '../../src/operations/aks-role-grants/operation.ts';
import { identityDoctor } from '../../src/operations/identity-doctor/operation.ts';
import { keyVaultGrant } from '../../src/operations/key-vault-grant/operation.ts';
import { podIdentityBind } from '../../src/operations/pod-identity-bind/operation.ts';
import { podIdentityInstall } from '../../src/operations/pod-identity-install/operation.ts';
import { podSecretCheck } from '../../src/operations/pod-secret-check/operation.ts';
import type { InProcessOptions, InProcessRun } from './in-process.ts';
import { runInProcess } from './in-process.ts';

type RunTask = (options: InProcessOptions) => Promise<InProcessRun>;

const tasks: Readonly<Record<string, RunTask>> = {
  AksRoleGrants: (options) => runInProcess(aksRoleGrants, options),
  IdentityDoctor: (options) => runInProcess(identityDoctor, options),
  KeyVaultGrant: (options) => runInProcess(keyVaultGrant, options),
  PodIdentityBind: (options) => runInProcess(podIdentityBind, options),
  PodIdentityInstall: (options) => runInProcess(podIdentityInstall, options),
  PodSecretCheck: (options) => runInProcess(podSecretCheck, options),
};

/** Runs a task by its name in this process. */
export function runTaskInProcess(name: string, options: InProcessOptions): Promise<InProcessRun> {
  const run = tasks[name];
  if (!run) throw new Error(`There is no task ${name}.`);
  return run(options);
}
