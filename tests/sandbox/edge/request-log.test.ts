import assert from 'node:assert/strict';
import { startServer, type RunningServer } from '../../../sandbox/kit/http-server.ts';
import { createRequestLog, requestLogRoute } from '../../../sandbox/kit/request-log.ts';

interface Answer {
  readonly requests: readonly {
    readonly sequence: number;
    readonly path: string;
    readonly server: string;
    readonly caller?: string;
  }[];
}

describe('the request log', () => {
  let one: RunningServer;
  let two: RunningServer;
  beforeEach(async () => {
    const log = createRequestLog();
    const start = (name: string): Promise<RunningServer> =>
      startServer({
        name,
        handler: (request) => {
          request.identify(`caller of ${name}`);
          return { status: 404 };
        },
        intercept: requestLogRoute(log),
        record: log.record,
      });
    [one, two] = await Promise.all([start('one'), start('two')]);
  });
  afterEach(() => Promise.all([one.close(), two.close()]));

  const read = async (server: RunningServer, query = ''): Promise<Answer> =>
    (await (await fetch(`${server.url}/_sandbox/requests${query}`)).json()) as Answer;

  it('tells each server its own requests, and all with ?all, never those for the log itself', async () => {
    await fetch(`${one.url}/a?b=c`);
    await fetch(`${two.url}/d`);
    assert.deepEqual(
      (await read(one)).requests.map(({ server, path, caller }) => [server, path, caller]),
      [['one', '/a?b=c', 'caller of one']],
    );
    assert.deepEqual(
      (await read(two, '?all')).requests.map((record) => record.path),
      ['/a?b=c', '/d'],
    );
  });

  it('is emptied by DELETE while its sequence numbers go on', async () => {
    await fetch(`${one.url}/a`);
    const before = (await read(one)).requests[0]!.sequence;
    assert.equal((await fetch(`${two.url}/_sandbox/requests`, { method: 'DELETE' })).status, 204);
    assert.deepEqual((await read(one)).requests, []);
    await fetch(`${one.url}/a`);
    assert.ok((await read(one)).requests[0]!.sequence > before);
  });
});
