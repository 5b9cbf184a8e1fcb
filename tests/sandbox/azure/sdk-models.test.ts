import assert from 'node:assert/strict';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ContainerServiceClient } from '@azure/arm-containerservice';
import { KeyVaultManagementClient } from '@azure/arm-keyvault';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { SecretClient } from '@azure/keyvault-secrets';
import { lostIn } from '../../support/specification/survival.ts';
import {
  appGroup,
  clientOptions,
  startTestAzure,
  subscription,
  subscriptionId,
  vaultId,
  type TestAzure,
} from './world.ts';

const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const assignment = 'aaaaaaaa-0000-4000-8000-000000000001';
const condition = `@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEqualsIgnoreCase 'ServicePrincipal'`;
const lockedGroup = `${subscription}/resourceGroups/locked-nodes`;
const updateIntervalInMs = 1;

interface Clients {
  readonly azure: TestAzure;
  readonly clusters: ContainerServiceClient['managedClusters'];
  readonly pools: ContainerServiceClient['agentPools'];
  readonly vaults: KeyVaultManagementClient['vaults'];
  readonly identities: ManagedServiceIdentityClient['userAssignedIdentities'];
  readonly federated: ManagedServiceIdentityClient['federatedIdentityCredentials'];
  readonly assignments: AuthorizationManagementClient['roleAssignments'];
  readonly definitions: AuthorizationManagementClient['roleDefinitions'];
  readonly denials: AuthorizationManagementClient['denyAssignments'];
  readonly permissions: AuthorizationManagementClient['permissions'];
  readonly secrets: SecretClient;
}

/** Each operation in the client's own API version, which is newer than most of the vendored specifications. */
const operations: Readonly<Record<string, (clients: Clients) => Promise<unknown>>> = {
  'managedClusters.get': ({ clusters }) => clusters.get('app', 'aks'),
  'managedClusters.get with Entra sign-in': ({ clusters }) => clusters.get('app', 'entra'),
  'managedClusters.get with a service principal': ({ clusters }) => clusters.get('app', 'classic'),
  'managedClusters.list': ({ clusters }) => all(clusters.list()),
  'managedClusters.listByResourceGroup': ({ clusters }) => all(clusters.listByResourceGroup('app')),
  'managedClusters.createOrUpdate': async ({ clusters }) => {
    const cluster = { ...(await clusters.get('app', 'aks')), oidcIssuerProfile: { enabled: true } };
    return clusters.createOrUpdate('app', 'aks', cluster, { updateIntervalInMs }).pollUntilDone();
  },
  'managedClusters.updateTags': ({ clusters }) =>
    clusters.updateTags('app', 'aks', { tags: { team: 'payments' } }, { updateIntervalInMs }).pollUntilDone(),
  'managedClusters.listClusterUserCredentials': ({ clusters }) => clusters.listClusterUserCredentials('app', 'aks'),
  'managedClusters.listClusterAdminCredentials': ({ clusters }) => clusters.listClusterAdminCredentials('app', 'aks'),
  'managedClusters.runCommand': ({ clusters }) =>
    clusters.runCommand('app', 'aks', { command: 'kubectl get ns -o name' }, { updateIntervalInMs }).pollUntilDone(),
  'agentPools.list': ({ pools }) => all(pools.list('app', 'aks')),
  'agentPools.get': ({ pools }) => pools.get('app', 'aks', 'vmss'),
  'vaults.get with policies': ({ vaults }) => vaults.get('app', 'kvpolicy'),
  'vaults.get with roles': ({ vaults }) => vaults.get('app', 'kvroles'),
  'vaults.get with a firewall': ({ vaults }) => vaults.get('app', 'kvwalled'),
  'vaults.listBySubscription': ({ vaults }) => all(vaults.listBySubscription()),
  'vaults.listByResourceGroup': ({ vaults }) => all(vaults.listByResourceGroup('app')),
  'vaults.list': ({ vaults }) => all(vaults.list()),
  'vaults.listDeleted': ({ vaults }) => all(vaults.listDeleted()),
  'vaults.getDeleted': ({ vaults }) => vaults.getDeleted('kvprotected', 'westeurope'),
  'vaults.updateAccessPolicy': ({ azure, vaults }) => {
    const { objectId, tenantId } = azure.principal('one');
    const accessPolicies = [{ tenantId, objectId, permissions: { secrets: ['get' as const] } }];
    return vaults.updateAccessPolicy('app', 'kvpolicy', 'add', { properties: { accessPolicies } });
  },
  'vaults.createOrUpdate': ({ azure, vaults }) => {
    const { tenantId } = azure.principal('owner');
    const properties = {
      tenantId,
      sku: { family: 'A' as const, name: 'standard' as const },
      enableRbacAuthorization: true,
    };
    return vaults
      .createOrUpdate('app', 'kvnew01', { location: 'westeurope', properties }, { updateIntervalInMs })
      .pollUntilDone();
  },
  'vaults.update': ({ vaults }) => vaults.update('app', 'kvopen', { tags: { team: 'payments' } }),
  'vaults.checkNameAvailability': ({ vaults }) =>
    vaults.checkNameAvailability({ name: 'kvopen', type: 'Microsoft.KeyVault/vaults' }),
  'userAssignedIdentities.createOrUpdate': ({ identities }) =>
    identities.createOrUpdate('app', 'three', { location: 'westeurope', tags: { team: 'payments' } }),
  'userAssignedIdentities.update': ({ identities }) => identities.update('app', 'one', { tags: { team: 'payments' } }),
  'userAssignedIdentities.get': ({ identities }) => identities.get('app', 'one'),
  'userAssignedIdentities.listBySubscription': ({ identities }) => all(identities.listBySubscription()),
  'userAssignedIdentities.listByResourceGroup': ({ identities }) => all(identities.listByResourceGroup('app')),
  'federatedIdentityCredentials.createOrUpdate': ({ federated }) =>
    federated.createOrUpdate('app', 'one', 'web', { issuer: 'https://i/', subject: 's', audiences: ['a'] }),
  'federatedIdentityCredentials.list': async ({ federated }) => {
    await federated.createOrUpdate('app', 'one', 'web', { issuer: 'https://i/', subject: 's', audiences: ['a'] });
    return all(federated.list('app', 'one'));
  },
  'roleAssignments.create': ({ azure, assignments }) => {
    const { objectId: principalId } = azure.principal('one');
    const wanted = { roleDefinitionId: reader, principalId, description: 'for reading', condition };
    return assignments.create(appGroup, assignment, { ...wanted, conditionVersion: '2.0' });
  },
  'roleAssignments.get': async (clients) => {
    await operations['roleAssignments.create']!(clients);
    return clients.assignments.get(appGroup, assignment);
  },
  'roleAssignments.getById': async (clients) => {
    await operations['roleAssignments.create']!(clients);
    return clients.assignments.getById(`${appGroup}/providers/Microsoft.Authorization/roleAssignments/${assignment}`);
  },
  'roleAssignments.delete': async (clients) => {
    await operations['roleAssignments.create']!(clients);
    return clients.assignments.delete(appGroup, assignment);
  },
  'roleAssignments.listForSubscription': ({ assignments }) => all(assignments.listForSubscription()),
  'roleAssignments.listForResourceGroup': ({ assignments }) => all(assignments.listForResourceGroup('app')),
  'roleAssignments.listForResource': ({ assignments }) =>
    all(assignments.listForResource('app', 'Microsoft.KeyVault', 'vaults', 'kvroles')),
  'roleAssignments.listForScope': ({ assignments }) => all(assignments.listForScope(vaultId('kvroles'))),
  'roleDefinitions.get': ({ definitions }) => definitions.get(subscription, reader),
  'roleDefinitions.list': ({ definitions }) => all(definitions.list(subscription)),
  'roleDefinitions.createOrUpdate': ({ definitions }) =>
    definitions.createOrUpdate(appGroup, assignment, {
      roleName: 'Mine',
      description: 'of mine',
      assignableScopes: [appGroup],
      permissions: [{ actions: ['*/read'], notActions: ['a/b/read'], dataActions: ['c/d'], notDataActions: ['e/f'] }],
    }),
  'denyAssignments.listForScope': ({ denials }) => all(denials.listForScope(lockedGroup)),
  'permissions.listForResourceGroup': ({ permissions }) => all(permissions.listForResourceGroup('app')),
  'permissions.listForResource': ({ permissions }) =>
    all(permissions.listForResource('app', 'Microsoft.KeyVault', '', 'vaults', 'kvroles')),
  'secrets.getSecret': ({ secrets }) => secrets.getSecret('password'),
  'secrets.setSecret': ({ secrets }) =>
    secrets.setSecret('fresh', 'value', { expiresOn: new Date(4e12), notBefore: new Date(2e12), tags: { a: 'b' } }),
  'secrets.listPropertiesOfSecrets': ({ secrets }) => all(secrets.listPropertiesOfSecrets()),
  'secrets.getDeletedSecret': async ({ secrets }) => {
    await (await secrets.beginDeleteSecret('password', { intervalInMs: 1 })).pollUntilDone();
    return secrets.getDeletedSecret('password');
  },
};

describe('what Microsoft’s clients make of the sandbox’s answers', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
    await azure.allow('kvpolicy', 'owner', ['all']);
  });
  afterEach(() => azure.stop());

  for (const [title, run] of Object.entries(operations)) {
    it(`${title} loses nothing`, async () => {
      const last: { answer?: unknown } = {};
      const model = await run(clientsOf(azure, recorded(azure.http, last)));
      assert.ok(JSON.stringify(last.answer ?? '').length > 10, 'there was no answer');
      assert.deepEqual(lostIn(last.answer, model), []);
    });
  }
  it('would show what gets lost', () => {
    const answer = {
      properties: { enableRBAC: true, created: 1, list: [{ value: 'a' }, { value: 'b' }], misspelt: 1 },
    };
    const model = { enableRbac: true, createdOn: new Date(1000), list: [{ value: 'a' }] };
    assert.deepEqual(lostIn(answer, model), ['properties.list.value', 'properties.misspelt']);
  });
});

async function all<Item>(list: AsyncIterable<Item>): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of list) items.push(item);
  return items;
}

/** Keeps the last answer as it came. */
function recorded(http: HttpClient, last: { answer?: unknown }): HttpClient {
  return {
    sendRequest: async (request) => {
      const response = await http.sendRequest(request);
      const text = response.bodyAsText ?? '';
      if (text.startsWith('{')) last.answer = JSON.parse(text);
      return response;
    },
  };
}

function clientsOf(azure: TestAzure, httpClient: HttpClient): Clients {
  const credential = azure.credential('owner');
  const options = { ...clientOptions(azure), httpClient };
  const containers = new ContainerServiceClient(credential, subscriptionId, options);
  const identities = new ManagedServiceIdentityClient(credential, subscriptionId, options);
  const authorization = new AuthorizationManagementClient(credential, subscriptionId, options);
  return {
    azure,
    clusters: containers.managedClusters,
    pools: containers.agentPools,
    vaults: new KeyVaultManagementClient(credential, subscriptionId, options).vaults,
    identities: identities.userAssignedIdentities,
    federated: identities.federatedIdentityCredentials,
    assignments: authorization.roleAssignments,
    definitions: authorization.roleDefinitions,
    denials: authorization.denyAssignments,
    permissions: authorization.permissions,
    secrets: new SecretClient('https://kvpolicy.vault.azure.net', credential, { httpClient }),
  };
}
