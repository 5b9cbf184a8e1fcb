import assert from 'node:assert/strict';
import { matchesAction } from '../../../sandbox/azure/authorization/action-pattern.ts';
import {
  appGroup,
  assignmentPath,
  clusterId,
  identityId,
  nodeGroup,
  scaleSetId,
  startTestAzure,
  subscription,
  vaultId,
  type TestAzure,
} from './world.ts';

interface Case {
  readonly title: string;
  readonly role?: string;
  readonly at?: string;
  readonly does: readonly ['GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', string];
  readonly body?: unknown;
  /** Not 403: what comes after the decision. */
  readonly allowed: boolean;
}

const readCluster = ['GET', `${clusterId}?api-version=2026-04-01`] as const;
const userCredential = ['POST', `${clusterId}/listClusterUserCredential?api-version=2026-04-01`] as const;
const adminCredential = ['POST', `${clusterId}/listClusterAdminCredential?api-version=2026-04-01`] as const;
const readIdentity = ['GET', `${identityId('one')}?api-version=2024-11-30`] as const;
const readVault = ['GET', `${vaultId('kvpolicy')}?api-version=2026-02-01`] as const;
const addPolicy = ['PUT', `${vaultId('kvpolicy')}/accessPolicies/add?api-version=2026-02-01`] as const;
const patchScaleSet = ['PATCH', `${scaleSetId}?api-version=2019-12-01`] as const;
const assign = ['PUT', assignmentPath(appGroup, '55555555-5555-4555-8555-555555555555')] as const;
const unassign = ['DELETE', assignmentPath(appGroup, '66666666-6666-4666-8666-666666666666')] as const;

const cases: readonly Case[] = [
  { title: 'nobody without a role reads a cluster', does: readCluster, allowed: false },
  {
    title: 'Reader of the subscription reads a cluster',
    role: 'Reader',
    at: subscription,
    does: readCluster,
    allowed: true,
  },
  { title: 'Reader of the group reads a cluster', role: 'Reader', at: appGroup, does: readCluster, allowed: true },
  { title: 'Reader of the cluster reads it', role: 'Reader', at: clusterId, does: readCluster, allowed: true },
  {
    title: 'Reader of another group reads no cluster',
    role: 'Reader',
    at: nodeGroup,
    does: readCluster,
    allowed: false,
  },
  {
    title: 'Reader of a scope in other letters reads a cluster',
    role: 'Reader',
    at: appGroup.replace('Groups/app', 'groups/APP'),
    does: readCluster,
    allowed: true,
  },
  { title: 'Reader gets no credentials', role: 'Reader', at: clusterId, does: userCredential, allowed: false },
  {
    title: 'Cluster User gets user credentials',
    role: 'Azure Kubernetes Service Cluster User Role',
    at: clusterId,
    does: userCredential,
    allowed: true,
  },
  {
    title: 'Cluster User gets no admin credentials',
    role: 'Azure Kubernetes Service Cluster User Role',
    at: clusterId,
    does: adminCredential,
    allowed: false,
  },
  {
    title: 'Cluster Admin gets admin credentials',
    role: 'Azure Kubernetes Service Cluster Admin Role',
    at: clusterId,
    does: adminCredential,
    allowed: true,
  },
  {
    title: 'Contributor gets admin credentials',
    role: 'Contributor',
    at: appGroup,
    does: adminCredential,
    allowed: true,
  },
  {
    title: 'Managed Identity Operator reads its identity',
    role: 'Managed Identity Operator',
    at: identityId('one'),
    does: readIdentity,
    allowed: true,
  },
  {
    title: 'Managed Identity Operator of one identity does not read another',
    role: 'Managed Identity Operator',
    at: identityId('two'),
    does: readIdentity,
    allowed: false,
  },
  {
    title: 'Key Vault Reader reads the vault',
    role: 'Key Vault Reader',
    at: vaultId('kvpolicy'),
    does: readVault,
    allowed: true,
  },
  {
    title: 'Key Vault Secrets User does not read the vault',
    role: 'Key Vault Secrets User',
    at: vaultId('kvpolicy'),
    does: readVault,
    allowed: false,
  },
  {
    title: 'Key Vault Contributor writes access policies',
    role: 'Key Vault Contributor',
    at: appGroup,
    does: addPolicy,
    allowed: true,
  },
  {
    title: 'Key Vault Administrator writes no access policies',
    role: 'Key Vault Administrator',
    at: appGroup,
    does: addPolicy,
    allowed: false,
  },
  { title: 'a custom role reads vaults', role: 'Vault watcher', at: appGroup, does: readVault, allowed: true },
  {
    title: 'notActions of a custom role take away',
    role: 'Vault watcher',
    at: appGroup,
    does: addPolicy,
    allowed: false,
  },
  {
    title: 'Virtual Machine Contributor patches a scale set',
    role: 'Virtual Machine Contributor',
    at: nodeGroup,
    does: patchScaleSet,
    body: { identity: { type: 'UserAssigned' } },
    allowed: true,
  },
  {
    title: 'Reader patches no scale set',
    role: 'Reader',
    at: nodeGroup,
    does: patchScaleSet,
    body: { identity: { type: 'UserAssigned' } },
    allowed: false,
  },
  { title: 'Contributor assigns no roles', role: 'Contributor', at: subscription, does: assign, allowed: false },
  {
    title: 'User Access Administrator assigns roles',
    role: 'User Access Administrator',
    at: appGroup,
    does: assign,
    allowed: true,
  },
  {
    title: 'Role Based Access Control Administrator unassigns roles',
    role: 'Role Based Access Control Administrator',
    at: appGroup,
    does: unassign,
    allowed: true,
  },
  { title: 'Contributor unassigns no roles', role: 'Contributor', at: subscription, does: unassign, allowed: false },
  {
    title: 'Key Vault Data Access Administrator assigns no Reader',
    role: 'Key Vault Data Access Administrator',
    at: appGroup,
    does: assign,
    allowed: false,
  },
];

describe('role based access control in the sandbox Azure', () => {
  let azure: TestAzure;
  before(async () => {
    azure = await startTestAzure();
  });
  after(() => azure.stop());

  for (const { title, role, at = subscription, does, body, allowed } of cases) {
    it(title, async () => {
      const [method, path] = does;
      const granted = role === undefined ? undefined : await azure.grant(role, at);
      const sent = body ?? (path.includes('/accessPolicies/') ? noPolicies : readerFor(azure));
      const { status, outcome } = await azure.arm(method, path, {
        as: 'caller',
        body: method === 'GET' ? undefined : sent,
      });
      if (granted !== undefined) await azure.arm('DELETE', assignmentPath(at, granted));
      if (allowed) assert.notEqual(status, 403, outcome);
      else assert.equal(outcome, '403 AuthorizationFailed');
    });
  }

  it('a refusal names client, object id, action and scope', async () => {
    const { clientId, objectId } = azure.principal('caller');
    const { message } = await azure.arm(...readCluster, { as: 'caller' });
    assert.equal(
      message,
      `The client '${clientId}' with object id '${objectId}' does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/read' over scope '${clusterId}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    );
  });
  it('a refused role assignment speaks of conditions', async () => {
    const { message } = await azure.arm(...assign, { as: 'caller', body: readerFor(azure) });
    assert.match(
      message,
      /does not have authorization \(or an ABAC condition not fulfilled\) to perform action 'Microsoft\.Authorization\/roleAssignments\/write' over scope '\/subscriptions\//,
    );
  });
  it('Key Vault Data Access Administrator assigns Key Vault Secrets User', async () => {
    const granted = await azure.grant('Key Vault Data Access Administrator', appGroup);
    const { status } = await azure.arm('PUT', assignmentPath(vaultId('kvroles'), crypto.randomUUID()), {
      as: 'caller',
      body: {
        properties: {
          roleDefinitionId: '4633458b-17de-408a-b874-0445c86b69e6',
          principalId: azure.principal('two').objectId,
        },
      },
    });
    await azure.arm('DELETE', assignmentPath(appGroup, granted));
    assert.equal(status, 201);
  });
  it('a locked node group refuses writes of its owner and names the deny assignment', async () => {
    const locked = scaleSetId.replace('/nodes/', '/locked-nodes/');
    const { outcome, message } = await azure.arm('PATCH', `${locked}?api-version=2024-07-01`, {
      body: { identity: { type: 'None' } },
    });
    assert.equal(outcome, '403 DenyAssignmentAuthorizationFailed');
    assert.match(
      message,
      /has permission to perform action 'Microsoft\.Compute\/virtualMachineScaleSets\/write' on scope '.*'; however, the access is denied because of the deny assignment with name '.+' and Id '\w+' at scope '.*\/locked-nodes'\.$/,
    );
    assert.equal((await azure.arm('GET', `${locked}?api-version=2024-07-01`)).status, 200);
  });
  it('a star between slashes stands for nothing, too', () => {
    const pattern = 'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action';
    assert.ok(matchesAction(pattern, 'microsoft.managedidentity/userassignedidentities/assign/action'));
    assert.ok(matchesAction(pattern, 'Microsoft.ManagedIdentity/userAssignedIdentities/x/assign/action'));
    assert.ok(!matchesAction(pattern, 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/read'));
    assert.ok(!matchesAction('Microsoft.KeyVault/*', 'MicrosoftXKeyVault/vaults/read'));
  });
});

const noPolicies = { properties: { accessPolicies: [] } };

function readerFor(azure: TestAzure): unknown {
  return {
    properties: {
      roleDefinitionId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
      principalId: azure.principal('two').objectId,
    },
  };
}
