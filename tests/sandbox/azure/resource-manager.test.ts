import assert from 'node:assert/strict';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ContainerServiceClient } from '@azure/arm-containerservice';
import { KeyVaultManagementClient } from '@azure/arm-keyvault';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import {
  appGroup,
  clientOptions,
  clusterId,
  identityId,
  otherTenantId,
  startTestAzure,
  subscription,
  subscriptionId,
  tenantId,
  type TestAzure,
} from './world.ts';

describe('the sandbox Azure Resource Manager', () => {
  let azure: TestAzure;
  const clusters = '/providers/Microsoft.ContainerService/managedClusters';
  const version = 'api-version=2026-04-01';
  before(async () => {
    azure = await startTestAzure();
  });
  after(() => azure.stop());
  const client = (): ReturnType<typeof clientOptions> => clientOptions(azure);
  const code = async (path: string, asked = {}): Promise<string> => {
    return (await azure.arm('GET', path, asked)).outcome;
  };

  it('asks for an api-version before anything else', async () => {
    assert.equal(await code('/subscriptions', { token: '' }), '400 MissingApiVersionParameter');
  });
  it('names the api-versions that it knows', async () => {
    const { outcome, message } = await azure.arm('GET', `${clusterId}?api-version=2019-01-01`);
    assert.equal(outcome, '400 InvalidApiVersionParameter');
    assert.match(message, /^The api-version '2019-01-01' is invalid\. The supported versions are '.*2026-04-01/);
  });
  it('challenges a request without a token with the tenant', async () => {
    const { status, header } = await azure.arm('GET', `${clusterId}?${version}`, { token: '' });
    assert.equal(status, 401);
    assert.match(header('www-authenticate')!, new RegExp(`authorization_uri="https://login.windows.net/${tenantId}"`));
  });
  it('refuses a token that nobody signed', async () => {
    assert.equal(await code(`${clusterId}?${version}`, { token: 'a.b.c' }), '401 InvalidAuthenticationToken');
  });
  it('refuses a token for another audience', async () => {
    const token = await azure.token('owner', 'https://vault.azure.net');
    assert.equal(await code(`${clusterId}?${version}`, { token }), '401 InvalidAuthenticationToken');
  });
  it('refuses a token that has expired', async () => {
    const claims = { ...azure.principal('owner'), audience: 'https://management.azure.com/' };
    const token = await azure.tokens.issue(claims, -60);
    assert.equal(await code(`${clusterId}?${version}`, { token }), '401 ExpiredAuthenticationToken');
  });
  it('accepts the classic audience', async () => {
    const token = await azure.token('owner', 'https://management.core.windows.net/');
    assert.equal((await azure.arm('GET', `${clusterId}?${version}`, { token })).status, 200);
  });
  it('refuses a token of another tenant', async () => {
    const { outcome, message } = await azure.arm('GET', `${clusterId}?${version}`, { as: 'stranger' });
    assert.equal(outcome, '401 InvalidAuthenticationTokenTenant');
    assert.match(message, new RegExp(otherTenantId));
  });
  it('says which subscription, group or resource is missing', async () => {
    assert.equal(
      await code(`/subscriptions/${otherTenantId}/resourceGroups?${version.replace('2026-04-01', '2021-04-01')}`),
      '404 SubscriptionNotFound',
    );
    assert.equal(
      await code(`${subscription}/resourceGroups/none${clusters}/aks?${version}`),
      '404 ResourceGroupNotFound',
    );
    assert.equal(await code(`${appGroup}${clusters}/none?${version}`), '404 ResourceNotFound');
  });
  it('does not tell a stranger whether a resource exists', async () => {
    assert.equal(await code(`${appGroup}${clusters}/none?${version}`, { as: 'caller' }), '403 AuthorizationFailed');
  });
  it('reads paths in any letter case with double and trailing slashes', async () => {
    const path = `${subscription.toUpperCase()}//RESOURCEgroups/APP//providers/microsoft.containerservice/MANAGEDCLUSTERS/AKS/`;
    const { status, body } = await azure.arm('GET', `${path}?${version}`);
    assert.equal(status, 200);
    assert.equal(body.name, 'aks');
  });
  it('answers 405 to a method that a resource does not have', async () => {
    const { status } = await azure.arm('POST', `${clusterId}?${version}`);
    assert.equal(status, 405);
  });
  it('answers 501 to operations that it does not imitate', async () => {
    for (const [method, path] of [
      ['DELETE', `${clusterId}?${version}`],
      ['GET', `${subscription}/providers/Microsoft.Storage/storageAccounts?${version}`],
    ] as const) {
      const { status, message } = await azure.arm(method, path);
      assert.equal(status, 501);
      assert.match(message, /Add it in sandbox\/azure/);
    }
  });
  it('returns correlation and request headers', async () => {
    const headers = { 'x-ms-correlation-request-id': 'abc' };
    const { header } = await azure.arm('GET', `${clusterId}?${version}`, { headers });
    assert.equal(header('x-ms-correlation-request-id'), 'abc');
    assert.match(header('x-ms-request-id')!, /^[0-9a-f-]{36}$/);
  });
  it('lists a subscription only for those who hold a role in it', async () => {
    const ids = async (as: string): Promise<string[]> => {
      const { body } = await azure.arm('GET', '/subscriptions?api-version=2022-12-01', { as });
      return body.value.map((found) => found.subscriptionId);
    };
    assert.deepEqual(await ids('owner'), [subscriptionId]);
    assert.deepEqual(await ids('other'), []);
  });
  it('lists resource groups and reads one', async () => {
    const all = await azure.arm('GET', `${subscription}/resourcegroups?api-version=2021-04-01`);
    assert.deepEqual(
      all.body.value.map(({ name }) => name),
      ['app', 'nodes', 'locked-nodes'],
    );
    const one = await azure.arm('GET', `${subscription}/resourcegroups/APP?api-version=2021-04-01`);
    assert.equal(one.body.id, appGroup);
  });
  it('lists resources of one type', async () => {
    const filter = encodeURIComponent("resourceType eq 'microsoft.keyvault/vaults'");
    const { body } = await azure.arm('GET', `${subscription}/resources?$filter=${filter}&api-version=2021-04-01`);
    assert.equal(body.value.length, 5);
    assert.equal(body.value[0]!.type, 'Microsoft.KeyVault/vaults');
  });
  it('serves its state without secret values', async () => {
    const { status, body } = await azure.arm('GET', '/_sandbox/state', { token: '' });
    assert.equal(status, 200);
    assert.deepEqual(body, JSON.parse(JSON.stringify(azure.azure.snapshot())));
    assert.match(JSON.stringify(body), /"name":"password"/);
    assert.doesNotMatch(JSON.stringify(body), /hunter/);
  });

  describe('judged by @azure/arm-containerservice', () => {
    const api = (): ContainerServiceClient =>
      new ContainerServiceClient(azure.credential('owner'), subscriptionId, client());
    it('gives a cluster with its kubelet identity', async () => {
      const cluster = await api().managedClusters.get('app', 'aks');
      const { clientId, objectId } = azure.principal('one');
      const kubelet = cluster.identityProfile?.['kubeletidentity'];
      assert.equal(kubelet?.clientId, clientId);
      assert.equal(kubelet.objectId, objectId);
      assert.equal(kubelet.resourceId?.toLowerCase(), identityId('one').toLowerCase());
      assert.equal(cluster.nodeResourceGroup, 'nodes');
      assert.equal(cluster.enableRbac, true);
      assert.equal(cluster.servicePrincipalProfile?.clientId, 'msi');
      assert.equal(cluster.powerState?.code, 'Running');
      assert.equal(cluster.agentPoolProfiles?.[0]?.osType, 'Linux');
    });
    it('spells types and groups as the wire does', async () => {
      const { body } = await azure.arm('GET', `${clusterId}?${version}`);
      assert.equal(body.type, 'Microsoft.ContainerService/ManagedClusters');
      assert.match(body.id, /\/resourcegroups\/app\//);
      assert.equal(body.properties.enableRBAC, true);
    });
    it('gives a cluster with a service principal no identity', async () => {
      const cluster = await api().managedClusters.get('app', 'classic');
      assert.equal(cluster.identity, undefined);
      assert.equal(cluster.identityProfile, undefined);
      assert.notEqual(cluster.servicePrincipalProfile?.clientId, 'msi');
    });
    it('lists by subscription and by group', async () => {
      const names = { all: [] as string[], group: [] as string[] };
      for await (const { name } of api().managedClusters.list()) names.all.push(name!);
      for await (const { name } of api().managedClusters.listByResourceGroup('nodes')) names.group.push(name!);
      assert.deepEqual(names, { all: ['aks', 'entra', 'asleep', 'locked', 'classic'], group: [] });
    });
    it('hands out user and admin credentials', async () => {
      const text = (value: Uint8Array | undefined): string => Buffer.from(value!).toString();
      const user = await api().managedClusters.listClusterUserCredentials('app', 'aks');
      const admin = await api().managedClusters.listClusterAdminCredentials('app', 'aks');
      assert.equal(text(user.kubeconfigs?.[0]?.value), 'kubeconfig of user');
      assert.equal(admin.kubeconfigs?.[0]?.name, 'clusterAdmin');
      assert.equal(text(admin.kubeconfigs[0].value), 'kubeconfig of admin');
    });
    it('refuses admin credentials where local accounts are off', async () => {
      await assert.rejects(
        api().managedClusters.listClusterAdminCredentials('app', 'entra'),
        /Getting static credential is not allowed because this cluster is set to disable local accounts/,
      );
    });
    it('refuses credentials of a stopped cluster', async () => {
      await assert.rejects(api().managedClusters.listClusterUserCredentials('app', 'asleep'), { statusCode: 409 });
    });
  });

  it('gives identities to @azure/arm-msi, with lower-case resourcegroups', async () => {
    const api = new ManagedServiceIdentityClient(azure.credential('owner'), subscriptionId, client());
    const one = await api.userAssignedIdentities.get('app', 'ONE');
    assert.equal(one.principalId, azure.principal('one').objectId);
    assert.match(one.id!, /\/resourcegroups\//);
    const names: string[] = [];
    for await (const { name } of api.userAssignedIdentities.listBySubscription()) names.push(name!);
    assert.deepEqual(names, ['one', 'two']);
  });
  it('gives vaults to @azure/arm-keyvault', async () => {
    const api = new KeyVaultManagementClient(azure.credential('owner'), subscriptionId, client());
    const vault = await api.vaults.get('app', 'kvpolicy');
    assert.equal(vault.properties.enableRbacAuthorization, false);
    assert.equal(vault.properties.vaultUri, 'https://kvpolicy.vault.azure.net/');
    assert.equal(vault.properties.accessPolicies?.length, 2);
    const names: string[] = [];
    for await (const { name } of api.vaults.listBySubscription()) names.push(name!);
    assert.ok(names.includes('kvroles'));
    const walled = await api.vaults.get('app', 'kvwalled');
    assert.deepEqual(walled.properties.networkAcls?.ipRules, [{ value: '20.0.0.0/8' }]);
  });
  it('finds roles by name for @azure/arm-authorization', async () => {
    const api = new AuthorizationManagementClient(azure.credential('owner'), subscriptionId, client());
    const found: (string | undefined)[] = [];
    for await (const role of api.roleDefinitions.list(subscription, { filter: "roleName eq 'vault WATCHER'" })) {
      found.push(role.roleType, ...(role.permissions?.[0]?.notActions ?? []));
    }
    assert.deepEqual(found, ['CustomRole', 'Microsoft.KeyVault/vaults/accessPolicies/write']);
    const reader = await api.roleDefinitions.get(subscription, 'acdd72a7-3385-48ef-bd42-f606fba81ae7');
    assert.equal(reader.roleName, 'Reader');
    await assert.rejects(api.roleDefinitions.get(subscription, otherTenantId), { statusCode: 404 });
  });
});
