import assert from 'node:assert/strict';
import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import type { HttpClient, HttpMethods, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import type { Patience } from '../../../../src/azure/patience/patience.ts';
import { patientHttpClient } from '../../../../src/azure/patience/patient-http-client.ts';
import { EFFORTS } from '../../../../src/azure/patience/repeated.ts';
import { ForeignAnswer, NoAnswerInTime, Unanswered } from '../../../../src/azure/patience/unanswered.ts';
import { startBudget } from '../../../../src/runtime/budget.ts';
import { fastClock } from '../../../support/clock.ts';
import { aPatience } from '../../../support/patience.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const json = { 'content-type': 'application/json' };
const good: Answer = { status: 200, headers: json, body: '{}' };
const hang = 'hang';

/** Answers in turn; the last one stays. */
function azure(...answers: readonly (Answer | Error | typeof hang)[]): HttpClient & { readonly tokens: string[] } {
  const tokens: string[] = [];
  return {
    tokens,
    sendRequest: (request) => {
      const answer = answers[Math.min(tokens.length, answers.length - 1)] ?? good;
      tokens.push(request.headers.get('authorization') ?? '');
      if (answer === hang) return untilAborted(request);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(responseOf(request, answer));
    },
  };
}

function responseOf(request: PipelineRequest, { status, headers = {}, body }: Answer): PipelineResponse {
  return { request, status, headers: createHttpHeaders(headers), ...(body === undefined ? {} : { bodyAsText: body }) };
}

function untilAborted({ abortSignal }: PipelineRequest): Promise<PipelineResponse> {
  return new Promise((_, reject) => {
    abortSignal?.addEventListener('abort', () => {
      reject(new Error('aborted'));
    });
  });
}

function ask(method: HttpMethods = 'GET', path = '/subscriptions/s'): PipelineRequest {
  return createPipelineRequest({ url: `https://arm.example${path}`, method });
}

describe('a request to Azure Resource Manager', () => {
  const client = (inner: HttpClient, overrides: Partial<Patience> = {}, renew?: string): HttpClient =>
    patientHttpClient(inner, {
      patience: aPatience(fastClock(), overrides),
      onThrottled: () => undefined,
      tokens: { renew: () => Promise.resolve(renew === undefined ? null : { token: renew, expiresOnTimestamp: 1 }) },
    });
  const cut = new RestError('socket hang up', { code: 'ECONNRESET' });

  for (const [what, failure] of [
    ['a server that is busy', { status: 503 }],
    ['a server that fails', { status: 500 }],
    ['a gateway that waits no longer', { status: 504, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['a connection that is cut', cut],
    ['half a body', new RestError('Error reading response as text: aborted', { code: 'PARSE_ERROR' })],
    ['no JSON', { ...good, body: '{"value": [' }],
    ['a sign-in page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['a redirect', { status: 302, headers: { location: 'http://portal' } }],
    ['a 404 of a gateway', { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['an answer without a body', { status: 200 }],
    ['another change of the same resource', { status: 409, headers: json, body: '{"error":{"code":"Conflict"}}' }],
  ] as const) {
    it(`is sent again after ${what}`, async () => {
      const inner = azure(failure, failure, good);
      assert.equal((await client(inner).sendRequest(ask())).status, 200);
      assert.equal(inner.tokens.length, 3);
    });
  }

  it('is never led round in a circle', async () => {
    const self = 'https://arm.example/subscriptions/s';
    const inner = azure({ ...good, body: JSON.stringify({ value: [], nextLink: self }) });
    await assert.rejects(client(inner).sendRequest(ask()), /whose next page is itself/);
  });

  it('hands on what is asked for and nothing that could break who reads it', async () => {
    const body = JSON.stringify({ value: [{ name: 'r', properties: { roleName: 'R', permissions: 'x' } }], more: 1 });
    const path = '/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions';
    const { bodyAsText } = await client(azure({ ...good, body })).sendRequest(ask('GET', path));
    const wanted = { value: [{ name: 'r', properties: { roleName: 'R' } }] };
    assert.deepEqual(JSON.parse(bodyAsText ?? ''), wanted);
  });

  it('hands on code and message of a refusal, which is all that everybody understands', async () => {
    const refused = async (body: unknown): Promise<unknown> => {
      const answer = { status: 409, headers: json, body: JSON.stringify(body) };
      return JSON.parse((await client(azure(answer)).sendRequest(ask('PUT'))).bodyAsText ?? '');
    };
    const error = { code: 'Taken', message: 'by others' };
    assert.deepEqual(await refused({ error: { ...error, details: 'no list' } }), { error });
    assert.deepEqual(await refused(error), { error });
    const busy = await client(azure({ status: 503, headers: json, body: 'null' })).sendRequest(ask());
    assert.equal(busy.bodyAsText, '{}');
  });

  it('is sent again where a success does not tell what was written', async () => {
    const inner = azure({ status: 201 }, good);
    assert.equal((await client(inner).sendRequest(ask('PUT'))).status, 200);
    assert.equal(inner.tokens.length, 2);
    assert.equal((await client(azure({ status: 204 })).sendRequest(ask('DELETE'))).status, 204);
  });

  for (const status of [400, 403, 404, 409, 501]) {
    it(`is not sent again after Azure refused it with ${String(status)}`, async () => {
      const inner = azure({ status, headers: json, body: '{"error":{"code":"No","message":"never"}}' });
      assert.equal((await client(inner).sendRequest(ask('PUT'))).status, status);
      assert.equal(inner.tokens.length, 1);
    });
  }

  it('is not sent again where a certificate is not trusted', async () => {
    const inner = azure(new RestError('self-signed', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }));
    await assert.rejects(client(inner).sendRequest(ask()), { name: 'RestError' });
    assert.equal(inner.tokens.length, 1);
  });

  it('says how often it was sent and for how long, with an answer and without one', async () => {
    const busy = await client(azure({ status: 503 })).sendRequest(ask());
    assert.equal(busy.headers.get(EFFORTS), '5 tries within 15 s');
    await assert.rejects(client(azure(cut)).sendRequest(ask()), (error: Unanswered) => {
      assert.deepEqual(error.efforts, { tries: 5, milliseconds: 15_000 });
      return true;
    });
  });

  it('is left alone for as long as Azure asks, if the budget has that much', async () => {
    const clock = fastClock();
    const later = { status: 503, headers: { 'retry-after': '40' } };
    await client(azure(later, good), { clock, budget: startBudget(clock, 60_000) }).sendRequest(ask());
    assert.deepEqual(clock.slept, [40_000]);
    const inner = azure(later);
    const budget = startBudget(clock, 30_000);
    assert.equal((await client(inner, { clock, budget }).sendRequest(ask())).status, 503);
    assert.equal(inner.tokens.length, 1);
  });

  it('is given up where its tries would take more than half of the budget', async () => {
    const inner = azure(cut);
    await assert.rejects(
      client(inner, { limits: { read: Infinity, write: Infinity, metadata: 0, whole: 5_000 } }).sendRequest(ask()),
      Unanswered,
    );
    assert.equal(inner.tokens.length, 3, 'at 0, 1 and 3 seconds');
  });

  for (const method of ['POST', 'PATCH'] as const) {
    it(`is sent once where it is a ${method} that changes something`, async () => {
      const inner = azure({ status: 503 });
      await client(inner).sendRequest(ask(method, '/subscriptions/s/managedClusters/c/runCommand'));
      assert.equal(inner.tokens.length, 1);
    });
  }

  it('is sent again where it is a POST that asks', async () => {
    const inner = azure({ status: 503 }, good);
    await client(inner).sendRequest(ask('POST', '/managedClusters/c/listClusterUserCredential?api-version=1'));
    assert.equal(inner.tokens.length, 2);
  });

  it('is given up where it hangs, a write later than a read', async () => {
    const limits = { read: 30, write: 60, metadata: 0, whole: 100 };
    for (const [method, limit] of [
      ['GET', '30 ms'],
      ['PUT', '60 ms'],
    ] as const) {
      await assert.rejects(client(azure(hang), { limits }).sendRequest(ask(method)), ({ cause }: Unanswered) => {
        assert.ok(cause instanceof NoAnswerInTime);
        assert.equal(cause.message, `no answer within ${limit}`);
        return true;
      });
    }
  });

  it('ends when the run is to stop: a read at once, a write with the last call', async () => {
    const [requested, lastCall] = [new AbortController(), new AbortController()];
    const stop = { requested: requested.signal, lastCall: lastCall.signal };
    const read = client(azure(hang), { stop }).sendRequest(ask('GET'));
    const write = client(azure(hang), { stop }).sendRequest(ask('PUT'));
    let written = false;
    write.catch(() => (written = true));
    const reason = Object.assign(new Error('stop'), { name: 'AbortError' });
    requested.abort(reason);
    await assert.rejects(read, reason);
    assert.equal(written, false);
    lastCall.abort(reason);
    await assert.rejects(write, reason);
  });

  it('begins no pause when the run is to stop', async () => {
    const stopped = AbortSignal.abort(Object.assign(new Error('stop'), { name: 'AbortError' }));
    const never = new AbortController().signal;
    const inner = azure(cut);
    await assert.rejects(client(inner, { stop: { requested: stopped, lastCall: never } }).sendRequest(ask('PUT')), {
      name: 'AbortError',
    });
    assert.ok(inner.tokens.length <= 1);
  });

  describe('whose token is refused', () => {
    const refused: Answer = { status: 401, headers: json, body: '{"error":{"code":"ExpiredAuthenticationToken"}}' };
    const asked = (): PipelineRequest => {
      const request = ask();
      request.headers.set('Authorization', 'Bearer old');
      return request;
    };

    it('is sent again with a new one, and the next ones carry that, too', async () => {
      const inner = azure(refused, good, good);
      const patient = client(inner, {}, 'new');
      assert.equal((await patient.sendRequest(asked())).status, 200);
      assert.equal((await patient.sendRequest(asked())).status, 200);
      assert.deepEqual(inner.tokens, ['Bearer old', 'Bearer new', 'Bearer new']);
    });

    it('is sent no third time', async () => {
      const inner = azure(refused);
      assert.equal((await client(inner, {}, 'new').sendRequest(asked())).status, 401);
      assert.equal(inner.tokens.length, 2);
    });

    it('is sent no second time where there is no new one', async () => {
      const inner = azure(refused);
      assert.equal((await client(inner).sendRequest(asked())).status, 401);
      assert.equal(inner.tokens.length, 1);
    });
  });

  it('is never answered by another server for its next page', async () => {
    const body = JSON.stringify({ value: [], nextLink: 'https://evil.example/next' });
    const path = '/subscriptions/s/providers/Microsoft.KeyVault/vaults';
    await assert.rejects(client(azure({ ...good, body })).sendRequest(ask('GET', path)), ({ cause }: Unanswered) => {
      assert.ok(cause instanceof ForeignAnswer);
      assert.match(cause.message, /next page is on another server/);
      return true;
    });
  });
});
