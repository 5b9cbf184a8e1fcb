/** Tasks in this process against an Azure that is late, with a clock that both share and that jumps over pauses. */
import assert from 'node:assert/strict';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ClientSecretCredential } from '@azure/identity';
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import type { Scenario } from '../../../sandbox/scenario/types.ts';
import { requestLimits } from '../../../src/azure/patience/limits.ts';
import { aksRoleGrants } from '../../../src/operations/aks-role-grants/operation.ts';
import { keyVaultGrant } from '../../../src/operations/key-vault-grant/operation.ts';
import type { InProcessRun } from '../../support/in-process.ts';
import { runInProcess } from '../../support/in-process.ts';
import { cluster } from '../../support/one-cluster.ts';
import type { StepClock } from '../../support/step-clock.ts';
import { stepClock } from '../../support/step-clock.ts';
import type { World } from '../../support/world.ts';
import { startWorld, withIds } from '../../support/world.ts';
import { postForm } from '../../sandbox/edge/requests.ts';
import { worldOfConnections } from '../connections/world.ts';

export const infra = '_rg-infra-p-we-001';

export type Inputs = Readonly<Record<string, string>>;

/** The reader's role for a dedicated identity: one assignment. */
export const oneGrant: Inputs = {
  ...cluster,
  identity: `${infra}/id-aks-helloworld`,
  preset: 'none',
  grants: 'Reader @ {cluster}',
};

const minutes = 20;
const { read, write, metadata } = requestLimits(minutes * 60_000);

export interface LateWorld extends World {
  readonly clock: StepClock;
  task(name: 'AksRoleGrants' | 'KeyVaultGrant', inputs: Inputs): Promise<InProcessRun>;
  /** Seconds that passed for the tasks. */
  seconds(): number;
  /** Role assignments as far as they are grants: role, principal and scope, in order. */
  grants(): readonly string[];
}

export async function startLateWorld(options: Partial<SandboxOptions>): Promise<LateWorld> {
  const limits = new Set([read, write]);
  const clock = stepClock(limits);
  const world = await startWorld({
    scenario: worldOfConnections(),
    throttling: 'off',
    now: () => clock.date().getTime(),
    ...options,
  });
  const { sandbox } = world;
  return {
    ...world,
    clock,
    task: (name, inputs) => {
      // A wait makes pauses as long as what the metadata service is given, which only managed identities ask.
      if (inputs['wait'] === undefined) limits.add(metadata);
      else limits.delete(metadata);
      const common = { sandbox, clock, inputs: withIds(sandbox, { timeoutInMinutes: String(minutes), ...inputs }) };
      return clock.run(
        name === 'AksRoleGrants' ? runInProcess(aksRoleGrants, common) : runInProcess(keyVaultGrant, common),
      );
    },
    seconds: () => clock.now() / 1000,
    grants: () =>
      sandbox.azure
        .snapshot()
        .roleAssignments.map(({ role, principalId, scope }) => `${role} ${principalId} ${scope}`.toLowerCase())
        .sort(),
  };
}

export function assertSucceeded({ failure, log }: InProcessRun): void {
  assert.equal(failure, undefined, `${failure?.message ?? ''}\n${log.join('\n')}`);
}

export function assertNothingDouble(world: LateWorld): void {
  assert.deepEqual(
    world.grants().filter((each, index, all) => all.indexOf(each) !== index),
    [],
  );
}

/** What tasks change in Azure, without the times at which they did. */
export function stateOf({ sandbox }: LateWorld): object {
  const { roleAssignments, vaults } = sandbox.azure.snapshot();
  return { roleAssignments, policies: vaults.map(({ name, accessPolicies }) => ({ name, accessPolicies })) };
}

/** The grant of {@link oneGrant} under another name, by Microsoft's client. */
export async function grantByAzureClient({ sandbox }: LateWorld, name: string): Promise<void> {
  const { connection, scenario, ca } = sandbox;
  const { tenantId, clientId, clientSecret, activeDirectory, resourceManager, subscriptionId } = connection;
  const tlsOptions = { ca };
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: activeDirectory,
    disableInstanceDiscovery: true,
    tlsOptions,
  });
  const client = new AuthorizationManagementClient(credential, subscriptionId, {
    endpoint: resourceManager,
    credentialScopes: ['https://management.azure.com/.default'],
    tlsOptions,
  });
  const subscription = `subscriptions/${subscriptionId}`;
  const scope = `${subscription}/resourceGroups/${cluster.resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${cluster.clusterName}`;
  await client.roleAssignments.create(scope, name, {
    roleDefinitionId: `/${subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
    principalId: identityOf(scenario, 'id-aks-helloworld').principalId,
    principalType: 'ServicePrincipal',
  });
}

/** Status with which the vault that goes by roles answers the machine's own identity. */
export async function readSecret({ sandbox }: LateWorld): Promise<number> {
  const { agentMetadata, keyVault, keyVaultDnsSuffix } = sandbox.connection;
  const resource = encodeURIComponent('https://vault.azure.net');
  const { body } = await sandbox.azure.agentMetadata({
    method: 'GET',
    path: `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${resource}`,
    headers: { metadata: 'true', host: new URL(agentMetadata).host },
  });
  const host = `kvpwe002.${keyVaultDnsSuffix}`;
  const authorization = `Bearer ${(body as { access_token: string }).access_token}`;
  const headers = { host, authorization };
  return (await postForm(`${keyVault}/secrets/password?api-version=7.6`, { ca: sandbox.ca, headers })).status;
}

export function identityOf(
  { subscriptions }: Scenario,
  name: string,
): { readonly clientId: string; readonly principalId: string } {
  const groups = subscriptions.flatMap(({ resourceGroups }) => resourceGroups);
  const found = groups.flatMap(({ identities }) => identities).find((each) => each.name === name);
  if (!found) throw new Error(`The scenario has no identity ${name}.`);
  return found;
}

/** A connection `two` whose identity is on the machine and has no role, or only this one. */
export function withSecondAgent(...roles: readonly string[]): Scenario {
  const scenario = worldOfConnections();
  const one = scenario.serviceConnections.find(({ name }) => name === 'one')!;
  const two = { ...one, id: 'bbbbbbbb-1111-4222-8333-444444444444', name: 'two', identity: `${infra}/agent-two` };
  return {
    ...scenario,
    serviceConnections: [...scenario.serviceConnections, two],
    subscriptions: scenario.subscriptions.map((subscription) => ({
      ...subscription,
      roleAssignments: [
        ...subscription.roleAssignments,
        ...roles.map((role, index) => ({
          name: `cccccccc-1111-4222-8333-44444444444${String(index)}`,
          role,
          principal: 'agent-two',
          scope: `/subscriptions/${subscription.id}`,
        })),
      ],
    })),
  };
}

/** The first cluster runs with a service principal; any of the tenant can be a cluster's. */
export function withServicePrincipal(): Scenario {
  const scenario = structuredClone(worldOfConnections());
  const groups = scenario.subscriptions.flatMap(({ resourceGroups }) => resourceGroups);
  Object.assign(
    groups.flatMap(({ clusters }) => clusters).find(({ name }) => name === cluster.clusterName)!,
    { identityType: 'None' },
  );
  return scenario;
}
