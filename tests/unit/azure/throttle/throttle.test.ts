import assert from 'node:assert/strict';
import type { HttpClient, HttpMethods, PipelineResponse } from '@azure/core-rest-pipeline';
import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import type { ThrottleContext, ThrottleWait } from '../../../../src/azure/throttle/throttle.ts';
import { throttled } from '../../../../src/azure/throttle/throttle.ts';
import type { VirtualClock } from '../../../support/virtual-clock.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const host = 'https://management.azure.com';
const subscription = `${host}/subscriptions/11111111-2222-3333-4444-555555555555`;

interface Bucket {
  readonly size: number;
  /** Tokens given back in a second. */
  readonly rate: number;
  /** Milliseconds from request to answer. */
  readonly latency: number;
  readonly headers?: boolean;
}

interface Azure extends HttpClient {
  readonly answers: { readonly at: number; readonly status: number; readonly url: string }[];
  mostAtOnce: number;
}

/** A service with one token bucket, as Azure Resource Manager documents it. */
function azureWith(clock: VirtualClock, { size, rate, latency, headers = true }: Bucket): Azure {
  let [tokens, filledAt, underWay] = [size, 0, 0];
  const take = (): boolean => {
    tokens = Math.min(size, tokens + ((clock.now() - filledAt) / 1000) * rate);
    filledAt = clock.now();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
  const azure: Azure = {
    answers: [],
    mostAtOnce: 0,
    sendRequest: async (request) => {
      underWay += 1;
      azure.mostAtOnce = Math.max(azure.mostAtOnce, underWay);
      await clock.sleep(latency / 2);
      const passed = take();
      const left = { 'x-ms-ratelimit-remaining-subscription-writes': Math.floor(tokens) };
      const refusal = passed ? {} : { 'retry-after': Math.ceil((1 - tokens) / rate) };
      await clock.sleep(latency / 2);
      underWay -= 1;
      azure.answers.push({ at: clock.now(), status: passed ? 201 : 429, url: request.url });
      return answer(passed ? 201 : 429, { ...refusal, ...(headers ? left : {}) });
    },
  };
  return azure;

  function answer(status: number, named: Readonly<Record<string, number>>): PipelineResponse {
    return { request: createPipelineRequest({ url: host }), status, headers: createHttpHeaders(named) };
  }
}

/** Answers each request with the next of these, and 200 afterwards. */
function answering(...answers: readonly { status: number; headers?: Record<string, string> }[]): HttpClient & {
  readonly urls: string[];
} {
  const urls: string[] = [];
  return {
    urls,
    sendRequest: (request) => {
      const { status, headers = {} } = answers[urls.length] ?? { status: 200 };
      urls.push(request.url);
      return Promise.resolve({ request, status, headers: createHttpHeaders(headers) });
    },
  };
}

function contextOf(clock: VirtualClock, more: Partial<ThrottleContext> = {}): ThrottleContext {
  return {
    clock,
    signal: new AbortController().signal,
    patience: () => 600_000,
    onWait: () => undefined,
    random: () => 0.5,
    ...more,
  };
}

function send(client: HttpClient, method: HttpMethods, url: string): Promise<PipelineResponse> {
  return client.sendRequest(createPipelineRequest({ method, url }));
}

describe('the gate to Azure Resource Manager', () => {
  const writes = 3_000;
  /** As Azure has it, and a fast one as tests have it; a near service, one across an ocean, one that tells nothing. */
  const buckets: readonly (Bucket & { readonly title: string; readonly refusals: number })[] = [
    { title: 'answers in 400 ms', size: 200, rate: 10, latency: 400, refusals: 0 },
    { title: 'answers in 50 ms', size: 200, rate: 10, latency: 50, refusals: 0 },
    { title: 'answers in 3 s', size: 200, rate: 10, latency: 3_000, refusals: 0 },
    { title: 'gives back 200 a second', size: 200, rate: 200, latency: 50, refusals: 0 },
    { title: 'does not say how many are left', size: 200, rate: 10, latency: 400, headers: false, refusals: 600 },
  ];
  for (const { title, refusals, ...bucket } of buckets) {
    it(`sends 3,000 writes within 1.05 x the bound to a service that ${title}`, async () => {
      const clock = virtualClock();
      const azure = azureWith(clock, bucket);
      const client = throttled(azure, contextOf(clock));
      const all = Array.from({ length: writes }, () => send(client, 'PUT', `${subscription}/x`));
      const done = await clock.run(Promise.all(all));
      assert.ok(done.every(({ status }) => status === 201));
      const bound = ((writes - bucket.size) / bucket.rate) * 1000;
      assert.ok(clock.now() <= bound * 1.05, `${String(clock.now())} ms for a bound of ${String(bound)} ms`);
      const refused = azure.answers.filter(({ status }) => status === 429).length;
      assert.ok(refused <= refusals, `${String(refused)} refusals`);
      assert.ok(azure.mostAtOnce <= 64);
    });
  }

  it('sends one request first after a refusal, and not all that wait', async () => {
    const clock = virtualClock();
    const azure = azureWith(clock, { size: 1, rate: 1, latency: 10 });
    const client = throttled(azure, contextOf(clock));
    await clock.run(Promise.all(Array.from({ length: 20 }, () => send(client, 'PUT', `${subscription}/x`))));
    const refusedLater = azure.answers.filter(({ at, status }) => at > 500 && status === 429).length;
    assert.ok(refusedLater < 20, `${String(refusedLater)} refusals after the first burst, of 19 requests`);
  });

  it('holds back only what Azure counts together', async () => {
    const clock = virtualClock();
    const refusal = { status: 429, headers: { 'retry-after': '30' } };
    const inner = answering(refusal);
    const client = throttled(inner, contextOf(clock));
    const refused = send(client, 'PUT', `${subscription}/a`);
    await new Promise(setImmediate);
    const others = [
      send(client, 'GET', `${subscription}/a`),
      send(client, 'DELETE', `${subscription}/a`),
      send(client, 'PUT', `${host}/subscriptions/other/a`),
      send(client, 'POST', `${host}/providers/Microsoft.ResourceGraph/resources`),
    ];
    await Promise.all(others);
    assert.equal(clock.now(), 0, 'nothing else waits');
    const second = send(client, 'POST', `${subscription.replace('/subscriptions', '//Subscriptions')}/b`);
    await clock.run(Promise.all([refused, second]));
    assert.equal(clock.now(), 30_000, 'another write of the subscription does');
    assert.equal(inner.urls.length, 7);
  });

  const pauses: readonly [string, Record<string, string>, number][] = [
    ['seconds', { 'retry-after': '12' }, 12_000],
    ['milliseconds', { 'retry-after-ms': '1500' }, 1_500],
    ['a date', { 'retry-after': new Date(20_000).toUTCString() }, 20_000],
    ["Azure Resource Graph's words", { 'x-ms-user-quota-resets-after': '00:01:05' }, 65_000],
  ];
  for (const [form, headers, pause] of pauses) {
    it(`waits as long as Azure asks for in ${form}`, async () => {
      const clock = virtualClock();
      const client = throttled(answering({ status: 429, headers }), contextOf(clock));
      const { status } = await clock.run(send(client, 'PUT', `${subscription}/x`));
      assert.deepEqual([status, clock.now()], [200, pause]);
    });
  }

  it('doubles its own pause where Azure names none', async () => {
    const clock = virtualClock();
    const client = throttled(answering({ status: 429 }, { status: 429 }, { status: 429 }), contextOf(clock));
    await clock.run(send(client, 'PUT', `${subscription}/x`));
    assert.equal(clock.now(), 1_000 + 2_000 + 4_000);
  });

  it('gives up, and says why, where the pause is longer than the patience', async () => {
    const clock = virtualClock();
    const inner = answering({ status: 429, headers: { 'retry-after': '300' } });
    const client = throttled(inner, contextOf(clock, { patience: () => 60_000 }));
    await assert.rejects(clock.run(send(client, 'PUT', `${subscription}/x`)), (error: Error) => {
      assert.match(error.message, /throttles writes in subscription 11111111-.* pause of 5 min/);
      assert.equal((error as { diagnostic?: { code: string } }).diagnostic?.code, 'AZR007');
      return true;
    });
    assert.equal(clock.now(), 0);
    assert.equal(inner.urls.length, 1);
  });

  it('lets those who wait give up, too', async () => {
    const clock = virtualClock();
    const azure = azureWith(clock, { size: 1, rate: 0.001, latency: 10 });
    const client = throttled(azure, contextOf(clock, { patience: () => 60_000 }));
    const all = Array.from({ length: 100 }, () => send(client, 'PUT', `${subscription}/x`));
    const ends = await clock.run(Promise.allSettled(all));
    assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.ok(clock.now() < 60_000);
  });

  it('ends waits at once when the run is stopped, and sends nothing more', async () => {
    const clock = virtualClock();
    const stop = new AbortController();
    const inner = answering({ status: 429, headers: { 'retry-after': '30' } });
    const client = throttled(inner, contextOf(clock, { signal: stop.signal }));
    const both = [send(client, 'PUT', `${subscription}/a`), send(client, 'PUT', `${subscription}/b`)];
    await new Promise(setImmediate);
    stop.abort(new Error('stopped'));
    const ends = await Promise.allSettled(both);
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['rejected', 'fulfilled'],
      'the one that was under way is awaited',
    );
    assert.equal(inner.urls.length, 2);
  });

  it('tells of a wait once in half a minute', async () => {
    const clock = virtualClock();
    const told: (ThrottleWait & { at: number })[] = [];
    const refusals = Array.from({ length: 10 }, () => ({ status: 429, headers: { 'retry-after': '10' } }));
    const onWait = (wait: ThrottleWait): void => void told.push({ ...wait, at: clock.now() });
    await clock.run(send(throttled(answering(...refusals), contextOf(clock, { onWait })), 'PUT', `${subscription}/x`));
    assert.deepEqual(
      told.map(({ at }) => at),
      [0, 30_000, 60_000, 90_000],
    );
    assert.deepEqual([told[0]?.kind, told[0]?.milliseconds], ['writes', 10_000]);
  });

  it('passes on every other answer and every failure', async () => {
    const clock = virtualClock();
    const client = throttled(answering({ status: 503, headers: { 'retry-after': '1' } }), contextOf(clock));
    assert.equal((await send(client, 'GET', `${subscription}/x`)).status, 503);
    const broken = throttled({ sendRequest: () => Promise.reject(new Error('reset')) }, contextOf(clock));
    for (let time = 0; time < 100; time += 1)
      await assert.rejects(send(broken, 'GET', `${subscription}/x`), /^Error: reset$/);
  });
});
