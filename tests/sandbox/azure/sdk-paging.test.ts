import assert from 'node:assert/strict';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ContainerServiceClient } from '@azure/arm-containerservice';
import { KeyVaultManagementClient } from '@azure/arm-keyvault';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { SecretClient } from '@azure/keyvault-secrets';
import {
  appGroup,
  clientOptions,
  startTestAzure,
  subscription,
  subscriptionId,
  vaultId,
  type TestAzure,
} from './world.ts';

interface Named {
  readonly name?: string | undefined;
}

interface Paged extends AsyncIterable<Named> {
  byPage(): AsyncIterable<readonly Named[]>;
}

interface Lists {
  readonly clusters: ContainerServiceClient;
  readonly vaults: KeyVaultManagementClient;
  readonly identities: ManagedServiceIdentityClient;
  readonly roles: AuthorizationManagementClient;
  readonly secrets: SecretClient;
}

const lists: Readonly<Record<string, (clients: Lists) => Paged>> = {
  'clusters of a subscription': ({ clusters }) => clusters.managedClusters.list(),
  'clusters of a group': ({ clusters }) => clusters.managedClusters.listByResourceGroup('app'),
  'vaults of a subscription': ({ vaults }) => vaults.vaults.listBySubscription(),
  'vaults of a group': ({ vaults }) => vaults.vaults.listByResourceGroup('app'),
  'vaults as resources': ({ vaults }) => vaults.vaults.list(),
  'deleted vaults': ({ vaults }) => vaults.vaults.listDeleted(),
  'identities of a subscription': ({ identities }) => identities.userAssignedIdentities.listBySubscription(),
  'identities of a group': ({ identities }) => identities.userAssignedIdentities.listByResourceGroup('app'),
  'role assignments of a subscription': ({ roles }) => roles.roleAssignments.listForSubscription(),
  'role assignments of a group': ({ roles }) => roles.roleAssignments.listForResourceGroup('app'),
  'role assignments of a vault': ({ roles }) =>
    roles.roleAssignments.listForResource('app', 'Microsoft.KeyVault', 'vaults', 'kvroles'),
  'role assignments of a scope': ({ roles }) => roles.roleAssignments.listForScope(appGroup),
  'role definitions': ({ roles }) => roles.roleDefinitions.list(subscription),
  secrets: ({ secrets }) => secrets.listPropertiesOfSecrets(),
  'versions of a secret': ({ secrets }) => secrets.listPropertiesOfSecretVersions('password'),
  'deleted secrets': ({ secrets }) => secrets.listDeletedSecrets(),
};

describe('lists with one item on a page, judged by Microsoft’s clients', () => {
  let whole: TestAzure;
  let paged: TestAzure;
  before(async () => {
    whole = await startTestAzure();
    paged = await startTestAzure({ more: 'pageSize: 1' });
    await Promise.all([whole, paged].map(prepare));
  });
  after(async () => {
    await Promise.all([whole.stop(), paged.stop()]);
  });

  for (const [title, list] of Object.entries(lists)) {
    it(title, async () => {
      const expected = await namesIn(list(clientsOf(whole)));
      const pages: (readonly Named[])[] = [];
      for await (const page of list(clientsOf(paged)).byPage()) pages.push(page);
      assert.ok(expected.length > 1, 'one item alone proves nothing');
      assert.deepEqual(
        pages.map(({ length }) => length),
        expected.map(() => 1),
      );
      assert.deepEqual(await namesIn(list(clientsOf(paged))), expected);
    });
  }
  it('subscriptions and resource groups, too', async () => {
    const first = await paged.arm('GET', `${subscription}/resourcegroups?api-version=2021-04-01`);
    assert.equal(first.body.value.length, 1);
    const { pathname, search } = new URL(first.body.nextLink);
    const second = await paged.arm('GET', pathname + search);
    assert.notEqual(second.body.value[0]!.name, first.body.value[0]!.name);
  });
  it('fewer on request, and nonsense is refused', async () => {
    const path = `${subscription}/providers/Microsoft.KeyVault/vaults?api-version=2023-07-01`;
    const two = await whole.arm('GET', `${path}&$top=2`);
    assert.equal(two.body.value.length, 2);
    assert.match(two.body.nextLink, /[?&]%24skiptoken=/);
    assert.equal((await whole.arm('GET', `${path}&$top=no`)).outcome, '400 BadRequest');
    assert.equal((await whole.arm('GET', `${path}&$skiptoken=no`)).outcome, '400 BadRequest');
  });
});

/** Of everything two. The names of assignments are the same in both worlds. */
async function prepare(azure: TestAzure): Promise<void> {
  await azure.allow('kvpolicy', 'owner', ['all', 'purge']);
  for (const [principal, last] of Object.entries({ one: '1', two: '2' })) {
    const name = `aaaaaaaa-0000-4000-8000-00000000000${last}`;
    await clientsOf(azure).roles.roleAssignments.create(vaultId('kvroles'), name, {
      roleDefinitionId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
      principalId: azure.principal(principal).objectId,
    });
  }
  const { secrets } = clientsOf(azure);
  await secrets.setSecret('password', 'second');
  for (const name of ['gone', 'lost']) {
    await secrets.setSecret(name, 'value');
    await (await secrets.beginDeleteSecret(name, { intervalInMs: 1 })).pollUntilDone();
  }
}

function clientsOf(azure: TestAzure): Lists {
  const [credential, options] = [azure.credential('owner'), clientOptions(azure)];
  return {
    clusters: new ContainerServiceClient(credential, subscriptionId, options),
    vaults: new KeyVaultManagementClient(credential, subscriptionId, options),
    identities: new ManagedServiceIdentityClient(credential, subscriptionId, options),
    roles: new AuthorizationManagementClient(credential, subscriptionId, options),
    secrets: new SecretClient('https://kvpolicy.vault.azure.net', credential, { httpClient: azure.http }),
  };
}

async function namesIn(list: AsyncIterable<Named>): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of list) found.push(name ?? '');
  return found;
}
