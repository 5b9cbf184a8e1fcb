import assert from 'node:assert/strict';
import { startServer, type RunningServer, type SandboxRequest } from '../../../sandbox/kit/http-server.ts';
import { managedIdentityCredential } from '../../../src/azure/managed-identity.ts';
import type { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import { fastClock } from '../../support/clock.ts';
import { aPatience } from '../../support/patience.ts';

const scope = 'https://management.azure.com/.default';
const token = { access_token: 't0ken', expires_on: '86400', token_type: 'Bearer' };

describe('the token of a managed identity', () => {
  let server: RunningServer;
  let answers: { status: number; body: unknown }[];
  const asked: SandboxRequest[] = [];
  const masked: string[] = [];
  before(async () => {
    server = await startServer({
      name: 'metadata',
      port: 0,
      latency: 0,
      record: () => undefined,
      handler: (request) => {
        asked.push(request);
        return answers.shift() ?? { status: 200, body: token };
      },
    });
  });
  after(() => server.close());
  beforeEach(() => {
    answers = [];
    asked.length = 0;
    masked.length = 0;
  });

  const credential = (clock = fastClock(), clientId?: string, metadataHost = server.url) =>
    managedIdentityCredential(clientId, {
      patience: aPatience(clock),
      metadataHost,
      mask: (value) => masked.push(value),
    });
  const times = (status: number, count: number): typeof answers =>
    Array.from({ length: count }, () => ({ status, body: { error: 'busy' } }));

  it('is asked for with the header and the parameters of the service, and masked', async () => {
    const got = await credential(fastClock(), 'client').getToken(scope);
    assert.deepEqual(got, { token: 't0ken', expiresOnTimestamp: 86_400_000 });
    assert.equal(asked.length, 1);
    const [{ headers, url }] = asked as [SandboxRequest];
    assert.equal(headers['metadata'], 'true');
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      'api-version': '2018-02-01',
      resource: 'https://management.azure.com',
      client_id: 'client',
    });
    assert.deepEqual(masked, ['t0ken']);
  });

  it('is that of the only or the system-assigned identity where the connection names none', async () => {
    await credential().getToken(scope);
    assert.equal(asked[0]!.url.searchParams.has('client_id'), false);
  });

  for (const status of [408, 429, 500, 503]) {
    it(`is tried for again after ${String(status)}, at 2, 6, 14 and 30 seconds`, async () => {
      const clock = fastClock();
      answers = times(status, 4);
      assert.equal((await credential(clock).getToken(scope))?.token, 't0ken');
      assert.deepEqual(clock.slept, [2_000, 4_000, 8_000, 16_000]);
      answers = times(status, 5);
      await assert.rejects(
        credential().getToken(scope),
        ({ diagnostic }: DiagnosticError) =>
          diagnostic.code === 'CON006' && diagnostic.message.includes(String(status)),
      );
    });
  }

  for (const status of [404, 410]) {
    it(`is waited for up to 70 seconds after ${String(status)}: the service is being updated`, async () => {
      const clock = fastClock();
      answers = times(status, 5);
      assert.equal((await credential(clock).getToken(scope))?.token, 't0ken');
      assert.equal(clock.now(), 70_000);
      answers = times(status, 6);
      await assert.rejects(credential().getToken(scope), /status 4(04|10)/);
      assert.equal(answers.length, 0);
    });
  }

  it('is refused at once where the identity is not there, with what to do where there are several', async () => {
    const clock = fastClock();
    const description = 'Multiple user assigned identities exist, please specify the clientId / resourceId';
    answers = [{ status: 400, body: { error: 'invalid_request', error_description: description } }];
    await assert.rejects(
      credential(clock).getToken(scope),
      ({ diagnostic: { code, detail, fix } }: DiagnosticError) =>
        code === 'CON006' && detail === description && fix.includes('client id'),
    );
    assert.deepEqual(clock.slept, []);
  });

  it('is refused after one more try where nobody answers', async () => {
    const clock = fastClock();
    const nobody = await startServer({
      name: 'gone',
      port: 0,
      latency: 0,
      record: () => undefined,
      handler: () => ({ status: 200, body: '' }),
    });
    await nobody.close();
    await assert.rejects(
      credential(clock, undefined, nobody.url).getToken(scope),
      ({ diagnostic }: DiagnosticError) =>
        diagnostic.code === 'CON006' && diagnostic.message.includes('does not answer'),
    );
    assert.deepEqual(clock.slept, [2_000]);
  });

  it('is given up, as a run that was stopped, where somebody stops the run meanwhile', async () => {
    const stopping = new AbortController();
    const patience = aPatience(fastClock(), {
      stop: { requested: stopping.signal, lastCall: stopping.signal },
    });
    const context = { patience, metadataHost: 'http://127.0.0.1:9', mask: () => undefined };
    stopping.abort();
    await assert.rejects(
      managedIdentityCredential(undefined, context).getToken(scope),
      ({ diagnostic }: DiagnosticError) => diagnostic.code === 'RUN002',
    );
  });

  it('is refused where the answer is no token', async () => {
    answers = [{ status: 200, body: 'an appliance says hello' }];
    await assert.rejects(credential().getToken(scope), /gave no token/);
  });
});
