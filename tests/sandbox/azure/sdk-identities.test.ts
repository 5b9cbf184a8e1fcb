import assert from 'node:assert/strict';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { appGroup, clientOptions, startTestAzure, subscriptionId, type TestAzure } from './world.ts';

describe('identities in the sandbox, judged by @azure/arm-msi', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
  });
  afterEach(() => azure.stop());
  const client = (as = 'owner'): ManagedServiceIdentityClient =>
    new ManagedServiceIdentityClient(azure.credential(as), subscriptionId, clientOptions(azure));
  const api = (as = 'owner'): ManagedServiceIdentityClient['userAssignedIdentities'] =>
    client(as).userAssignedIdentities;
  const federated = { issuer: 'https://issuer/', subject: 'subject', audiences: ['api://AzureADTokenExchange'] };

  it('are made, tagged and deleted', async () => {
    const made = await api().createOrUpdate('app', 'three', { location: 'westeurope', tags: { team: 'payments' } });
    assert.match(made.principalId!, /^[0-9a-f-]{36}$/);
    assert.equal(made.tenantId, azure.principal('owner').tenantId);
    const changed = await api().update('app', 'three', { tags: { team: 'billing' } });
    assert.deepEqual([changed.principalId, changed.tags], [made.principalId, { team: 'billing' }]);
    await api().delete('app', 'three');
    await api().delete('app', 'three');
    await assert.rejects(api().get('app', 'three'), { statusCode: 404, code: 'ResourceNotFound' });
  });
  it('come back as strangers whom nobody trusts', async () => {
    const credentials = client().federatedIdentityCredentials;
    const first = await api().createOrUpdate('app', 'three', { location: 'westeurope' });
    await credentials.createOrUpdate('app', 'three', 'web', federated);
    await api().delete('app', 'three');
    const second = await api().createOrUpdate('app', 'three', { location: 'westeurope' });
    assert.notEqual(second.principalId, first.principalId);
    for await (const { name } of credentials.list('app', 'three')) assert.fail(`${name!} is still there`);
  });
  it('ask for their own actions', async () => {
    const refused = (action: string): object => ({
      statusCode: 403,
      message: new RegExp(`'Microsoft\\.ManagedIdentity/userAssignedIdentities/${action}'`),
    });
    await assert.rejects(api('caller').createOrUpdate('app', 'three', { location: 'westeurope' }), refused('write'));
    await assert.rejects(api('caller').update('app', 'one', { tags: {} }), refused('write'));
    await assert.rejects(api('caller').delete('app', 'one'), refused('delete'));
    await azure.grant('Managed Identity Contributor', appGroup);
    await api('caller').createOrUpdate('app', 'three', { location: 'westeurope' });
  });
});
