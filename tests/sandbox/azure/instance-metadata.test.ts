import assert from 'node:assert/strict';
import type { MetadataResponse } from '../../../sandbox/contracts.ts';
import { identityId, nodeGroup, scaleSetId, startTestAzure, tenantId, type TestAzure } from './world.ts';

const vault = encodeURIComponent('https://vault.azure.net');
const bare = `${nodeGroup}/providers/Microsoft.Compute/virtualMachineScaleSets/bare`;

describe('the sandbox instance metadata service', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
  });
  afterEach(() => azure.stop());
  const ask = (
    query: string,
    { on = scaleSetId, headers = { metadata: 'true' } }: { on?: string; headers?: Record<string, string> } = {},
  ): Promise<MetadataResponse> =>
    azure.azure.instanceMetadata(on, { method: 'GET', path: `/metadata/identity/oauth2/token?${query}`, headers });
  const standard = `api-version=2018-02-01&resource=${vault}`;
  const refusal = async (asked: Promise<MetadataResponse>): Promise<unknown> => {
    const { status, body } = await asked;
    return { status, ...(body as { error: string; error_description: string }) };
  };
  const attachTwo = (): Promise<unknown> =>
    azure.arm('PATCH', `${scaleSetId}?api-version=2019-12-01`, {
      body: { identity: { type: 'UserAssigned', userAssignedIdentities: { [identityId('two')]: {} } } },
    });
  const clientOf = async (asked: Promise<MetadataResponse>): Promise<string> =>
    ((await asked).body as { client_id: string }).client_id;

  it('gives the token of the only identity, all fields as text', async () => {
    const { status, body } = await ask(standard);
    assert.equal(status, 200);
    const fields = body as Record<string, string>;
    assert.deepEqual(Object.keys(fields).sort(), [
      'access_token',
      'client_id',
      'expires_in',
      'expires_on',
      'ext_expires_in',
      'not_before',
      'resource',
      'token_type',
    ]);
    assert.ok(Object.values(fields).every((value) => typeof value === 'string'));
    assert.equal(fields['resource'], 'https://vault.azure.net');
    const verified = await azure.tokens.verify(fields['access_token']!);
    const { clientId, objectId } = azure.principal('one');
    assert.deepEqual(verified, {
      valid: true,
      claims: {
        tenantId,
        audience: 'https://vault.azure.net',
        objectId,
        clientId,
        issuer: `https://sts.windows.net/${tenantId}/`,
      },
    });
  });
  it('wants the Metadata header', async () => {
    assert.deepEqual(await refusal(ask(standard, { headers: {} })), {
      status: 400,
      error: 'bad_request_102',
      error_description: 'Required metadata header not specified',
    });
  });
  it('asks which one where there are several identities', async () => {
    await attachTwo();
    assert.deepEqual(await refusal(ask(standard)), {
      status: 400,
      error: 'invalid_request',
      error_description:
        'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
    });
  });
  it('chooses by client id, object id or resource id', async () => {
    await attachTwo();
    const { clientId, objectId } = azure.principal('two');
    assert.equal(await clientOf(ask(`${standard}&client_id=${clientId}`)), clientId);
    assert.equal(await clientOf(ask(`${standard}&object_id=${objectId}`)), clientId);
    assert.equal(await clientOf(ask(`${standard}&msi_res_id=${encodeURIComponent(identityId('TWO'))}`)), clientId);
  });
  it('finds no identity that is not on the scale set', async () => {
    const notFound = { status: 400, error: 'invalid_request', error_description: 'Identity not found' };
    assert.deepEqual(await refusal(ask(standard, { on: bare })), notFound);
    assert.deepEqual(await refusal(ask(`${standard}&client_id=${azure.principal('two').clientId}`)), notFound);
  });
  it('wants a resource that Entra knows, and an api-version', async () => {
    const unknown = (await refusal(ask(`api-version=2018-02-01&resource=https%3A%2F%2Fnowhere.example`))) as {
      error: string;
    };
    assert.equal(unknown.error, 'invalid_resource');
    assert.equal((await ask('api-version=2018-02-01')).status, 400);
    assert.equal((await ask(`resource=${vault}`)).status, 400);
  });
  it('takes the scale set in any letter case and answers 501 to other paths', async () => {
    assert.equal((await ask(standard, { on: scaleSetId.toLowerCase() })).status, 200);
    const other = { method: 'GET', path: '/metadata/instance?api-version=2021-02-01', headers: { metadata: 'true' } };
    assert.equal((await azure.azure.instanceMetadata(scaleSetId, other)).status, 501);
  });
  it('places a cluster with its kubelet identity', () => {
    const [aks] = azure.azure.placements;
    assert.equal(aks!.resourceGroup, 'app');
    assert.deepEqual(aks!.kubelet, {
      resourceId: identityId('one'),
      clientId: azure.principal('one').clientId,
      objectId: azure.principal('one').objectId,
    });
    assert.equal(azure.azure.placements.at(-1)!.kubelet, undefined);
  });
});
