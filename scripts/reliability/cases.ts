/**
 * The runs that faults strike: both tasks that write in Azure, KeyVaultGrant in both permission models, and with each
 * scheme of a service connection one of them.
 */
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Scenario } from '../../sandbox/scenario/types.ts';
import { aksRoleGrants } from '../../src/operations/aks-role-grants/operation.ts';
import { keyVaultGrant } from '../../src/operations/key-vault-grant/operation.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Network } from '../../src/runtime/ports.ts';
import type { InProcessRun } from '../../tests/support/in-process.ts';
import { networkOf, runInProcess } from '../../tests/support/in-process.ts';
import { cluster, oneCluster } from '../../tests/support/one-cluster.ts';
import { withIds } from '../../tests/support/world.ts';
import type { KnownRequest } from './requests.ts';

export type Action = 'apply' | 'remove';

/** Where a run takes place, and its way out. */
export interface RunPlace {
  readonly sandbox: Sandbox;
  /** Default: a proxy that asks for nothing. */
  readonly network?: Network;
}

export interface Case {
  readonly title: string;
  /** As in task.json. */
  readonly task: string;
  /** Service connections by name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Which requests faults strike; those that all kinds of runs make are struck in one of them. */
  readonly strikes: (request: KnownRequest) => boolean;
  /** In this process; the packaged task is run by its name. */
  run(place: RunPlace, action: Action | 'preview', clock: Clock): Promise<InProcessRun>;
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
  {
    ...aCase(keyVaultGrant, 'KeyVaultGrant with a managed identity', {
      ...common,
      azureSubscription: 'azure-conn-machine',
      keyVault: 'kvpwe001',
    }),
    strikes: ({ server, writes }) => server === 'agentMetadata' || writes,
  },
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
    strikes: () => true,
    run: ({ sandbox, network = networkOf(sandbox) }, action, clock) => {
      const options = { sandbox, clock, network, inputs: withIds(sandbox, { ...inputs, action }) };
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
    agent: { systemAssigned: `${cluster.resourceGroup}/${machine.name}`, userAssigned: [] },
    serviceConnections: [...scenario.serviceConnections, ofMachine(scenario.subscriptions[0]?.name ?? '')],
    subscriptions: scenario.subscriptions.map((subscription) => ({
      ...subscription,
      roleAssignments: [
        ...subscription.roleAssignments.filter(({ role }) => role !== 'Virtual Machine Contributor'),
        { ...deployerOfMachine, scope: `/subscriptions/${subscription.id}` },
      ],
      resourceGroups: subscription.resourceGroups.map((group) => ({
        ...group,
        identities: group.name === cluster.resourceGroup ? [...group.identities, identity, machine] : group.identities,
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

/** Of the agent's own machine. */
const machine = {
  name: 'agent-machine',
  clientId: '6c1f9d20-7e3a-4b58-8d64-15a0c7e2f93b',
  principalId: 'b84e2a67-93d1-4c0f-a75b-e60d18f3924c',
};

const deployerOfMachine = {
  name: '47d0c3e9-2b6f-4a81-9c57-f18e6b204da3',
  role: 'Keyless Pods deployer',
  principal: machine.name,
};

function ofMachine(subscription: string): Scenario['serviceConnections'][number] {
  return {
    kind: 'AzureRM',
    name: 'azure-conn-machine',
    id: 'e2957c10-4f8d-4b36-a0e1-9d73c5f86b42',
    scheme: 'ManagedServiceIdentity',
    authenticationType: 'spnKey',
    application: '',
    subscription,
  };
}
