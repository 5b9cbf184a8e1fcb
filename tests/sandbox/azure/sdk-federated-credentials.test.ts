import assert from 'node:assert/strict';
import { ManagedServiceIdentityClient, type FederatedIdentityCredential } from '@azure/arm-msi';
import { appGroup, clientOptions, identityId, startTestAzure, subscriptionId, type TestAzure } from './world.ts';

const issuer = 'https://westeurope.oic.prod-aks.azure.com/tenant/guid/';
const credentialFor = (account: string, more: object = {}): FederatedIdentityCredential => ({
  issuer,
  subject: `system:serviceaccount:app:${account}`,
  audiences: ['api://AzureADTokenExchange'],
  ...more,
});

describe('federated credentials in the sandbox, judged by @azure/arm-msi', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
  });
  afterEach(() => azure.stop());
  const api = (as = 'owner'): ManagedServiceIdentityClient['federatedIdentityCredentials'] =>
    new ManagedServiceIdentityClient(azure.credential(as), subscriptionId, clientOptions(azure))
      .federatedIdentityCredentials;
  const put = (name: string, credential = credentialFor(name), as = 'owner'): Promise<FederatedIdentityCredential> =>
    api(as).createOrUpdate('app', 'one', name, credential);
  const names = async (identity = 'one'): Promise<string[]> => {
    const found: string[] = [];
    for await (const { name } of api().list('app', identity)) found.push(name!);
    return found;
  };

  it('are made, changed, read, listed and taken away', async () => {
    const made = await put('web');
    assert.equal(made.subject, 'system:serviceaccount:app:web');
    assert.equal(made.type, 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials');
    assert.match(made.id!, /\/resourcegroups\/app\/.*\/one\/federatedIdentityCredentials\/web$/);
    await put('web', credentialFor('api'));
    const { name, subject, audiences } = await api().get('app', 'one', 'WEB');
    assert.deepEqual(
      [name, subject, audiences],
      ['web', 'system:serviceaccount:app:api', ['api://AzureADTokenExchange']],
    );
    await put('job');
    assert.deepEqual(await names(), ['web', 'job']);
    assert.deepEqual(await names('two'), []);
    await api().delete('app', 'one', 'web');
    await api().delete('app', 'one', 'web');
    assert.deepEqual(await names(), ['job']);
    await assert.rejects(api().get('app', 'one', 'web'), { statusCode: 404, code: 'ResourceNotFound' });
  });
  it('are made with 201, changed with 200, deleted with 200 and again with 204', async () => {
    const path = `${identityId('one')}/federatedIdentityCredentials/web?api-version=2024-11-30`;
    const body = { properties: credentialFor('web') };
    const statuses: number[] = [];
    for (const method of ['PUT', 'PUT', 'DELETE', 'DELETE'] as const) {
      statuses.push((await azure.arm(method, path, method === 'PUT' ? { body } : {})).status);
    }
    assert.deepEqual(statuses, [201, 200, 200, 204]);
  });
  it('are unique by issuer and subject, letter by letter', async () => {
    await put('web');
    await assert.rejects(put('other', credentialFor('web')), {
      statusCode: 409,
      code: 'Conflict',
      message: 'Issuer and subject combination already exists for this Managed Identity.',
    });
    await put('other', credentialFor('WEB'));
    await api().createOrUpdate('app', 'two', 'web', credentialFor('web'));
  });
  it('are at most twenty', async () => {
    for (let number = 10; number < 30; number += 1) await put(`c${String(number)}`);
    await assert.rejects(put('more'), { statusCode: 400, code: 'BadRequest' });
    await put('c29', credentialFor('changed'));
  });
  it('have a name, one audience, and texts of at most 600 characters', async () => {
    const refused = { statusCode: 400, code: 'BadRequest' };
    await assert.rejects(put('-web'), refused);
    await assert.rejects(put('ab'), refused);
    await assert.rejects(put('web', credentialFor('web', { audiences: [] })), refused);
    await assert.rejects(put('web', credentialFor('web', { audiences: ['a', 'b'] })), refused);
    await assert.rejects(put('web', credentialFor('w'.repeat(600))), refused);
    await assert.rejects(put('web', credentialFor('web', { issuer: '' })), refused);
    assert.deepEqual(await names(), []);
  });
  it('are written one at a time for each identity', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, number) => put(`c${String(number)}x`)));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    const written = await names();
    assert.ok(refused.length > 0 && written.length > 0, `${String(refused.length)} of 10 refused`);
    assert.equal(written.length + refused.length, 10);
    for (const { reason } of refused) {
      assert.equal(
        (reason as { code: string }).code,
        'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity',
      );
    }
    await put('after');
  });
  it('of an identity that is not there are not found', async () => {
    await assert.rejects(api().createOrUpdate('app', 'none', 'web', credentialFor('web')), { statusCode: 404 });
  });
  it('ask for their own actions, which the Managed Identity Contributor has', async () => {
    await assert.rejects(put('web', credentialFor('web'), 'caller'), {
      statusCode: 403,
      message: /'Microsoft\.ManagedIdentity\/userAssignedIdentities\/federatedIdentityCredentials\/write'/,
    });
    await azure.grant('Managed Identity Contributor', appGroup);
    await put('web', credentialFor('web'), 'caller');
    await api('caller').delete('app', 'one', 'web');
  });
});
