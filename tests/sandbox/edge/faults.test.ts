import assert from 'node:assert/strict';
import { YamlFileError } from '../../../sandbox/kit/checked-yaml.ts';
import { faultIntercept, loadFaultPlan, parseFaults } from '../../../sandbox/kit/faults.ts';
import { startServer, type RunningServer } from '../../../sandbox/kit/http-server.ts';

describe('a fault plan', () => {
  let server: RunningServer;
  let effects: number;
  afterEach(() => server.close());
  const start = async (yaml: string): Promise<void> => {
    effects = 0;
    server = await startServer({
      name: 'resourceManager',
      handler: () => {
        effects += 1;
        return { status: 200, body: 'done' };
      },
      intercept: faultIntercept(parseFaults(yaml)),
      record: () => undefined,
    });
  };
  const ask = async (path: string, method = 'GET'): Promise<number> =>
    (await fetch(server.url + path, { method })).status;

  it('answers the requests of a route, so many times, with headers and body', async () => {
    await start(`
faults:
  - server: resource*
    method: put
    path: /subscriptions/*/**/roleassignments/*
    times: 2
    answer: {status: 429, headers: {Retry-After: '1'}, body: {error: {code: TooManyRequests}}}
`);
    const path = '/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/a?api-version=1';
    const first = await fetch(server.url + path, { method: 'PUT' });
    assert.equal(first.status, 429);
    assert.equal(first.headers.get('retry-after'), '1');
    assert.deepEqual(await first.json(), { error: { code: 'TooManyRequests' } });
    assert.deepEqual([await ask(path), await ask('/subscriptions/s', 'PUT')], [200, 200]);
    assert.deepEqual([await ask(path, 'PUT'), await ask(path, 'PUT')], [429, 200]);
  });

  it('resets before or after the request took effect', async () => {
    await start('faults: [{path: /before, reset: true}, {path: /after, phase: after, reset: true}]');
    await assert.rejects(ask('/before'));
    assert.equal(effects, 0);
    await assert.rejects(ask('/after'));
    assert.equal(effects, 1);
  });

  it('strikes a share of the requests evenly, after those that it skips', async () => {
    await start('faults: [{share: 0.25, skip: 2, answer: {status: 503}}]');
    const seen: number[] = [];
    for (let count = 0; count < 10; count += 1) seen.push(await ask('/'));
    assert.deepEqual(seen, [200, 200, 200, 200, 200, 503, 200, 200, 200, 503]);
  });

  it('slows down and hangs', async () => {
    await start('faults: [{path: /slow, slow: 150}, {path: /hang, hang: true}]');
    const started = performance.now();
    assert.equal(await ask('/slow'), 200);
    assert.ok(performance.now() - started >= 145);
    await assert.rejects(fetch(`${server.url}/hang`, { signal: AbortSignal.timeout(100) }), { name: 'TimeoutError' });
  });

  it('breaks an answer off in its middle, after the request took effect', async () => {
    await start('faults: [{phase: after, halfBody: true}]');
    const response = await fetch(server.url);
    assert.equal(response.headers.get('content-length'), String('done'.length));
    await assert.rejects(response.text());
    assert.equal(effects, 1);
  });

  it('sends half of a JSON text as if it were all', async () => {
    await start('faults: [{phase: after, invalidJson: true}]');
    const response = await fetch(server.url);
    assert.equal(await response.text(), 'do');
    assert.equal(effects, 1);
  });

  it('puts a sign-in page in the place of the answer', async () => {
    await start('faults: [{captivePage: true}]');
    const response = await fetch(server.url);
    assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
    assert.match(await response.text(), /Sign in to the network/);
    assert.equal(effects, 0);
  });

  it('is found by its name in the sandbox', async () => {
    await start('faults: []');
    assert.deepEqual(
      loadFaultPlan('busy-azure').faults.map(({ phase }) => phase),
      ['before', 'after', 'before'],
    );
  });

  it('with mistakes is refused with all of them', async () => {
    await start('faults: []');
    const refused = (yaml: string): YamlFileError['problems'] => {
      try {
        parseFaults(yaml);
      } catch (error) {
        if (error instanceof YamlFileError) return error.problems;
      }
      assert.fail('accepted');
    };
    assert.deepEqual(
      refused('faults:\n  - {share: 2, reset: true}\n  - {stauts: 1}\n').map(({ line }) => line),
      [2, 3],
    );
    assert.match(
      refused('faults:\n  - {reset: true, slow: 5}\n')[0]!.message,
      /exactly one of answer, reset, hang, slow/,
    );
    assert.match(refused('faults: [{halfBody: true}]')[0]!.message, /halfBody needs "phase: after"/);
    assert.match(refused('faults: [{tls: broken, server: proxy}]')[0]!.message, /tls needs .*"method: CONNECT"/);
  });
});
