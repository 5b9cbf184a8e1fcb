import assert from 'node:assert/strict';
import { createCertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import type { RunningServer, SandboxResponse } from '../../../sandbox/kit/http-server.ts';
import { startServer } from '../../../sandbox/kit/http-server.ts';
import type { Cloud } from '../../../src/azure/cloud.ts';
import { publicCloud } from '../../../src/azure/cloud.ts';
import { entraCredential } from '../../../src/azure/entra-token.ts';
import { keptTokens } from '../../../src/azure/kept-tokens.ts';
import { wayOut } from '../../../src/azure/way-out.ts';
import type { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import { Secret } from '../../../src/runtime/secret.ts';
import { fastClock } from '../../support/clock.ts';
import { refusal } from './endpoint-reader.ts';
import { aPatience } from '../../support/patience.ts';

const scope = 'https://management.azure.com/.default';
const token: SandboxResponse = { status: 200, body: { access_token: 't0ken', expires_in: 3599 } };

describe('the token of an application', () => {
  let server: RunningServer;
  let certificateAuthority: string;
  let answers: (SandboxResponse | 'reset')[];
  const forms: URLSearchParams[] = [];
  const paths: string[] = [];
  const masked: string[] = [];

  before(async () => {
    const authority = await createCertificateAuthority('test');
    certificateAuthority = authority.caPem;
    server = await startServer({
      name: 'entra',
      tls: await authority.serverCertificate(['localhost']),
      record: () => undefined,
      intercept: ({ phase, body, path }) => {
        if (phase === 'after') return undefined;
        paths.push(path);
        forms.push(new URLSearchParams(body.toString()));
        return answers.shift() ?? token;
      },
      handler: () => token,
    });
  });
  after(() => server.close());
  beforeEach(() => {
    answers = [];
    forms.length = 0;
    paths.length = 0;
    masked.length = 0;
  });

  const mask = (value: string): number => masked.push(value);
  const common = { id: 'i', tenantId: 't', subscriptionId: 's', clientId: 'c' };
  const cloud = (): Cloud => ({ ...publicCloud, authority: server.url });
  const context = (clock = fastClock()) => {
    let assertions = 0;
    const assertion = (): Promise<Secret> => {
      assertions += 1;
      return Promise.resolve(Secret.register(`assertion ${String(assertions)}`, mask));
    };
    const out = wayOut({ certificateAuthority, proxyFor: () => undefined });
    return { out, patience: aPatience(clock), mask, assertion };
  };
  const bySecret = (clock = fastClock()) =>
    entraCredential(
      { ...common, cloud: cloud(), scheme: 'secret', secret: Secret.register('s3cret', mask) },
      context(clock),
    );
  const rejectedWith = (code: string) => (error: DiagnosticError) => error.diagnostic.code === code;

  it('is asked for in one request, and masked', async () => {
    const got = await bySecret().getToken(scope);
    assert.deepEqual(got, { token: 't0ken', expiresOnTimestamp: 3_599_000 });
    assert.deepEqual(
      forms.map((form) => Object.fromEntries(form)),
      [{ grant_type: 'client_credentials', client_id: 'c', scope, client_secret: 's3cret' }],
    );
    assert.ok(masked.includes('t0ken'));
  });

  for (const status of [408, 429, 500, 503]) {
    it(`is asked for again after ${String(status)}`, async () => {
      answers = [{ status }, { status }];
      assert.equal((await bySecret().getToken(scope))?.token, 't0ken');
      assert.equal(forms.length, 3);
    });
  }

  it('is asked for again after a connection was cut', async () => {
    answers = ['reset'];
    assert.equal((await bySecret().getToken(scope))?.token, 't0ken');
    assert.equal(forms.length, 2);
  });

  it('is waited for as long as the service asks, within reason', async () => {
    const clock = fastClock();
    answers = [{ status: 429, headers: { 'retry-after': '7' } }];
    await bySecret(clock).getToken(scope);
    assert.deepEqual(clock.slept, [7_000]);
    answers = [{ status: 429, headers: { 'retry-after': '3600' } }];
    await assert.rejects(bySecret().getToken(scope), rejectedWith('CON004'));
  });

  it('is given up after five tries', async () => {
    answers = ['reset', 'reset', 'reset', 'reset', 'reset'];
    await assert.rejects(bySecret().getToken(scope), rejectedWith('CON004'));
    assert.equal(forms.length, 5);
  });

  it('is not asked for again after a refusal, which is told by its number', async () => {
    answers = [
      { status: 401, body: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid.\r\nTrace' } },
    ];
    await assert.rejects(bySecret().getToken(scope), (error: DiagnosticError) => {
      assert.equal(error.diagnostic.code, 'CON002');
      assert.equal(error.diagnostic.detail, 'AADSTS7000215: Invalid.');
      return true;
    });
    assert.equal(forms.length, 1);
  });

  for (const body of ['<html>Sign in</html>', '[]', 'null', '{"access_token":5,"expires_in":1}', '']) {
    it(`is not found in ${body === '' ? 'an empty body' : body}`, async () => {
      answers = Array.from({ length: 5 }, () => ({ status: 200, body }));
      await assert.rejects(bySecret().getToken(scope), rejectedWith('AZR008'));
      answers = [{ status: 200, body }];
      assert.equal((await bySecret().getToken(scope))?.token, 't0ken');
    });
  }

  const adfs = (): Cloud => ({ ...publicCloud, identityProvider: 'adfs', authority: `${server.url}/adfs` });

  it('is asked for at ADFS by the resource itself, at an address without a tenant', async () => {
    const secret = Secret.register('s3cret', mask);
    const credential = entraCredential({ ...common, cloud: adfs(), scheme: 'secret', secret }, context());
    const resource = 'https://management.adfs.azurestack.local/df01d4ba';
    await credential.getToken(`${resource}/.default`);
    assert.deepEqual(
      forms.map((form) => Object.fromEntries(form)),
      [{ grant_type: 'client_credentials', client_id: 'c', resource, client_secret: 's3cret' }],
    );
    assert.deepEqual(paths, ['/adfs/oauth2/token']);
  });

  it('names the refusal of ADFS by its number', async () => {
    const said = 'MSIS9622: Client authentication failed. Please verify the credential provided.';
    answers = [{ status: 401, body: { error: 'invalid_client', error_description: said } }];
    const secret = Secret.register('s3cret', mask);
    const credential = entraCredential({ ...common, cloud: adfs(), scheme: 'secret', secret }, context());
    await assert.rejects(credential.getToken(scope), refusal('CON002', /ADFS gave no token .*MSIS9622/));
  });

  it('says which audience a federated credential of the cloud needs', async () => {
    answers = [{ status: 401, body: { error: 'x', error_description: "AADSTS700212: audience 'a'" } }];
    const china: Cloud = { ...cloud(), name: 'AzureChinaCloud', federationAudience: 'api://AzureADTokenExchangeChina' };
    const credential = entraCredential({ ...common, cloud: china, scheme: 'federation' }, context());
    await assert.rejects(credential.getToken(scope), (error: DiagnosticError) => {
      assert.equal(error.diagnostic.code, 'CON005');
      assert.match(error.diagnostic.fix, /in AzureChinaCloud that is api:\/\/AzureADTokenExchangeChina/);
      return true;
    });
  });

  it('lasts an hour and longer: a run of five gets as many assertions as tokens', async () => {
    const clock = fastClock();
    const inner = entraCredential({ ...common, cloud: cloud(), scheme: 'federation' }, context(clock));
    const credential = keptTokens(inner, clock);
    for (let minute = 0; minute < 300; minute += 1) {
      await credential.getToken(scope);
      await clock.sleep(60_000);
    }
    // A token lives 3599 s and is renewed five minutes before its end: at 0, 55, 110, 165, 220 and 275 minutes.
    const sent = forms.map((form) => form.get('client_assertion'));
    assert.deepEqual(
      sent,
      Array.from({ length: 6 }, (_, exchange) => `assertion ${String(exchange + 1)}`),
    );
  });

  it('gets a fresh assertion at every exchange and every try', async () => {
    const clock = fastClock();
    const credential = keptTokens(
      entraCredential({ ...common, cloud: cloud(), scheme: 'federation' }, context(clock)),
      clock,
    );
    await credential.getToken(scope);
    answers = [{ status: 503 }];
    await clock.sleep(3_300_000);
    await credential.getToken(scope);
    const sent = forms.map((form) => form.get('client_assertion'));
    assert.deepEqual(sent, ['assertion 1', 'assertion 2', 'assertion 3']);
  });
});
