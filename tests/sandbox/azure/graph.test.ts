import assert from 'node:assert/strict';
import { createHttpHeaders, createPipelineRequest, type HttpMethods } from '@azure/core-rest-pipeline';
import { startTestAzure, type TestAzure } from './world.ts';

const graph = 'https://graph.microsoft.com';

interface Answered {
  readonly status: number;
  readonly body: {
    readonly id: string;
    readonly value: readonly { readonly id: string; readonly appId: string; readonly servicePrincipalType: string }[];
    readonly error: { readonly code: string; readonly message: string };
  };
}

describe('the sandbox Microsoft Graph', () => {
  let azure: TestAzure;
  before(async () => {
    azure = await startTestAzure();
  });
  after(() => azure.stop());

  const ask = async (path: string, asked: { as?: string; body?: unknown; token?: string } = {}): Promise<Answered> => {
    const token = asked.token ?? (await azure.token(asked.as ?? 'librarian', graph));
    const method: HttpMethods = asked.body === undefined ? 'GET' : 'POST';
    const headers = createHttpHeaders(token === '' ? {} : { authorization: `Bearer ${token}` });
    const body = asked.body === undefined ? {} : { body: JSON.stringify(asked.body) };
    const { status, bodyAsText } = await azure.http.sendRequest(
      createPipelineRequest({ url: `${graph}/v1.0/${path}`, method, headers, ...body }),
    );
    return { status, body: JSON.parse(bodyAsText ?? '{}') as Answered['body'] };
  };
  const filter = (text: string): string => `servicePrincipals?$filter=${encodeURIComponent(text)}`;

  it('finds service principals of applications and identities by each of their names', async () => {
    const { objectId, clientId } = azure.principal('one');
    for (const text of [
      `servicePrincipalNames/any(c:c eq '${clientId.toUpperCase()}')`,
      `appId eq '${clientId}'`,
      `id eq '${objectId}'`,
      "displayName eq 'ONE'",
    ]) {
      const { body } = await ask(filter(text));
      assert.deepEqual(
        body.value.map(({ id, appId, servicePrincipalType }) => [id, appId, servicePrincipalType]),
        [[objectId, clientId, 'ManagedIdentity']],
        text,
      );
    }
    const { body } = await ask(filter("startswith(displayName,'call')"));
    assert.deepEqual(
      body.value.map(({ id, servicePrincipalType }) => [id, servicePrincipalType]),
      [[azure.principal('caller').objectId, 'Application']],
    );
  });
  it('shows one service principal by object id or by client id', async () => {
    const { objectId, clientId } = azure.principal('two');
    assert.equal((await ask(`servicePrincipals/${objectId}`)).body.id, objectId);
    assert.equal((await ask(`servicePrincipals(appId='${clientId}')`)).body.id, objectId);
    const missing = await ask(`servicePrincipals/${clientId}`);
    assert.deepEqual([missing.status, missing.body.error.code], [404, 'Request_ResourceNotFound']);
  });
  it('finds directory objects by id and leaves out what there is not', async () => {
    const { objectId, clientId } = azure.principal('one');
    const found = await ask('directoryObjects/getByIds', { body: { ids: [objectId, clientId], types: [] } });
    assert.deepEqual(
      found.body.value.map(({ id }) => id),
      [objectId],
    );
    const users = await ask('directoryObjects/getByIds', { body: { ids: [objectId], types: ['user'] } });
    assert.deepEqual(users.body.value, []);
    assert.equal((await ask('directoryObjects/getByIds', { body: { ids: 'all' } })).status, 400);
  });
  it("does not show another tenant's principals", async () => {
    const { objectId } = azure.principal('stranger');
    assert.equal((await ask(`servicePrincipals/${objectId}`)).status, 404);
  });
  it('refuses who may not read the directory, an owner of everything in Azure as well', async () => {
    const { status, body } = await ask('servicePrincipals', { as: 'owner' });
    assert.equal(status, 403);
    assert.equal(body.error.code, 'Authorization_RequestDenied');
    assert.equal(body.error.message, 'Insufficient privileges to complete the operation.');
  });
  it('refuses a request without a token, and a token for another service', async () => {
    assert.equal((await ask('servicePrincipals', { token: '' })).body.error.code, 'InvalidAuthenticationToken');
    const token = await azure.token('librarian', 'https://management.azure.com/');
    assert.equal((await ask('servicePrincipals', { token })).status, 401);
  });
  it('says what it does not imitate', async () => {
    const { status, body } = await ask('me');
    assert.equal(status, 501);
    assert.match(body.error.message, /sandbox\/azure\/graph\/server\.ts/);
    assert.equal((await ask(filter('accountEnabled eq true'))).status, 501);
  });
});
