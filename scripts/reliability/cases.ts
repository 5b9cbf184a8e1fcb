/** The runs that faults strike: both tasks that write in Azure, KeyVaultGrant in both permission models. */
import type { Scenario } from '../../sandbox/scenario/types.ts';
import { aksRoleGrants } from '../../src/operations/aks-role-grants/operation.ts';
import { keyVaultGrant } from '../../src/operations/key-vault-grant/operation.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { InProcessRun } from '../../tests/support/in-process.ts';
import { runInProcess } from '../../tests/support/in-process.ts';
import { cluster, oneCluster } from '../../tests/support/one-cluster.ts';
import type { World } from '../../tests/support/world.ts';
import { withIds } from '../../tests/support/world.ts';

export type Action = 'apply' | 'remove';

export interface Case {
  readonly title: string;
  /** As in task.json. */
  readonly task: string;
  /** Service connections by name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** In this process; the packaged task is run by its name. */
  run(world: Pick<World, 'sandbox'>, action: Action, clock: Clock): Promise<InProcessRun>;
}

/** Long enough for every repetition, short enough that a request which hangs is given up in a moment. */
const common = { ...cluster, timeoutInMinutes: '5', outputPlanFile: 'plan.json' };

export const cases: readonly Case[] = [
  aCase(aksRoleGrants, 'AksRoleGrants', {
    ...common,
    azureSubscription: 'azure-conn-federated',
    identity: 'id-pods',
    grants: 'Keyless Pods deployer @ {cluster}',
  }),
  aCase(keyVaultGrant, 'KeyVaultGrant on a vault with access policies', { ...common, keyVault: 'kvpwe001' }),
  aCase(keyVaultGrant, 'KeyVaultGrant on a vault with roles', {
    ...common,
    azureSubscription: 'azure-conn-certificate',
    keyVault: '_rg-infra-p-we-001/kvpwe002',
    secretName: 'password',
  }),
];

function aCase(
  operation: typeof aksRoleGrants | typeof keyVaultGrant,
  title: string,
  inputs: Readonly<Record<string, string>>,
): Case {
  return {
    title,
    task: operation.name,
    inputs,
    run: ({ sandbox }, action, clock) => {
      const options = { sandbox, clock, inputs: withIds(sandbox, { ...inputs, action }) };
      return operation === aksRoleGrants ? runInProcess(aksRoleGrants, options) : runInProcess(keyVaultGrant, options);
    },
  };
}

/**
 * The article's world with one cluster, in which every grant of the cases is still to be made: an identity that a bare
 * name finds, and a policy of the very principal that must outlive everything.
 */
export function reliabilityScenario(): Scenario {
  const scenario = oneCluster();
  return {
    ...scenario,
    throttling: 'off',
    subscriptions: scenario.subscriptions.map((subscription) => ({
      ...subscription,
      roleAssignments: subscription.roleAssignments.filter(({ role }) => role !== 'Virtual Machine Contributor'),
      resourceGroups: subscription.resourceGroups.map((group) => ({
        ...group,
        identities: group.name === cluster.resourceGroup ? [...group.identities, identity] : group.identities,
        vaults: group.vaults.map((vault) => ({
          ...vault,
          accessPolicies: vault.rbac ? vault.accessPolicies : [...vault.accessPolicies, kept],
        })),
      })),
    })),
  };
}

/** `apply` adds "get" to it, `remove` takes only that away. */
const kept = { principal: 'aks-p-we-001-AgentPool', secrets: ['list'], keys: ['get'], certificates: [], storage: [] };

const identity = {
  name: 'id-pods',
  clientId: '2f0a6c1e-5b9d-4c38-9e47-80d3b1a6f752',
  principalId: '9d3e7b54-0c62-4f1a-b8a5-6e2f94c07d13',
};
