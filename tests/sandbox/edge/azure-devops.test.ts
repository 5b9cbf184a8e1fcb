import assert from 'node:assert/strict';
import * as azureDevOps from 'azure-devops-node-api';
import { decodeJwt, createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { issuer, organization, project } from '../../../sandbox/azure-devops/organization.ts';
import { postForm, type Answer } from './requests.ts';
import { startTestEdge, type TestEdge } from './start.ts';

describe('the sandbox Azure DevOps', () => {
  let edge: TestEdge;
  before(async () => {
    edge = await startTestEdge();
  });
  after(() => edge.stop());

  const idOf = (name: string): string =>
    edge.scenario.serviceConnections.find((connection) => connection.name === name)!.id;
  const ask = (
    query: string,
    headers: Record<string, string> = { authorization: `Bearer ${edge.job.accessToken}` },
  ): Promise<Answer> =>
    postForm(`${edge.oidcRequestUri(edge.job)}${query}`, { form: {}, ca: edge.authority.caPem, headers });
  const federated = (): string => `?api-version=7.1&serviceConnectionId=${idOf('azure-conn-federated')}`;

  it("answers the job's request with a token that the issuer's published keys verify", async () => {
    const { status, json } = await ask(federated());
    assert.equal(status, 200);
    const base = `${edge.addresses.azureDevOps}/${organization.id}/.well-known`;
    const document = await postForm(`${base}/openid-configuration`, { ca: edge.authority.caPem });
    assert.equal(document.json['issuer'], issuer);
    assert.equal(document.json['jwks_uri'], `${issuer}/.well-known/jwks`);
    const keys = await postForm(`${base}/jwks`, { ca: edge.authority.caPem });
    const { payload } = await jwtVerify(
      json['oidcToken'] as string,
      createLocalJWKSet(keys.json as unknown as JSONWebKeySet),
      {
        issuer,
        audience: 'api://AzureADTokenExchange',
      },
    );
    assert.equal(payload.sub, 'sc://contoso/keyless-pods/azure-conn-federated');
    assert.equal(payload.exp! - payload.iat!, 600);
  });

  it("answers azure-devops-node-api's createOidcToken", async () => {
    const { accessToken, planId, jobId } = edge.job;
    const api = new azureDevOps.WebApi(edge.collectionUri, azureDevOps.getBearerHandler(accessToken), {
      ignoreSslError: true,
    });
    const tasks = await api.getTaskApi();
    const { oidcToken } = await tasks.createOidcToken(
      {},
      project.id,
      'build',
      planId,
      jobId,
      idOf('azure-conn-federated'),
    );
    assert.equal(decodeJwt(oidcToken!).sub, 'sc://contoso/keyless-pods/azure-conn-federated');
    const [area] = await (await api.getLocationsApi()).getResourceAreas();
    assert.equal(area!.name, 'distributedtask');
    const wrong = new azureDevOps.WebApi(edge.collectionUri, azureDevOps.getBearerHandler('wrong'), {
      ignoreSslError: true,
    });
    await assert.rejects(
      (await wrong.getTaskApi()).createOidcToken({}, project.id, 'build', planId, jobId, idOf('azure-conn-federated')),
      { statusCode: 401 },
    );
  });

  it('refuses a wrong token with 401, and leads a client without one to its sign-in page', async () => {
    assert.equal((await ask(federated(), { authorization: 'Bearer wrong' })).status, 401);
    assert.equal((await ask(federated(), { 'x-tfs-fedauthredirect': 'Suppress' })).status, 401);
    const { status, headers } = await ask(federated(), {});
    assert.equal(status, 302);
    assert.equal(headers.location, '/_signin');
  });

  it("knows a job by its own token only, not by another job's", async () => {
    const other = edge.openJob();
    const uri = edge.oidcRequestUri(other);
    const request = (token: string): Promise<Answer> =>
      postForm(`${uri}${federated()}`, {
        form: {},
        ca: edge.authority.caPem,
        headers: { authorization: `Bearer ${token}` },
      });
    assert.equal((await request(other.accessToken)).status, 200);
    assert.equal((await request(edge.job.accessToken)).status, 404);
  });

  it('gives no token for connections without federation, for unknown ones, or without an api-version', async () => {
    assert.equal((await ask(`?api-version=7.1&serviceConnectionId=${idOf('azure-conn')}`)).status, 400);
    assert.equal((await ask(`?api-version=7.1&serviceConnectionId=${project.id}`)).status, 404);
    const { status, json } = await ask(`?serviceConnectionId=${idOf('azure-conn-federated')}`);
    assert.equal(status, 400);
    assert.equal(json['typeKey'], 'VssVersionNotSpecifiedException');
  });

  it("answers what it does not know with the service's 404", async () => {
    const { status, json } = await postForm(`${edge.collectionUri}_apis/git/repositories`, {
      ca: edge.authority.caPem,
      headers: { authorization: `Bearer ${edge.job.accessToken}` },
    });
    assert.equal(status, 404);
    assert.match(String(json['message']), /was not found or does not implement IController/);
  });
});
