import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '../../../sandbox/contracts.ts';
import { apiServerArguments, etcdArguments } from '../../../sandbox/cluster-kubernetes/arguments.ts';
import { forwardedHeaders, tokenSubject } from '../../../sandbox/cluster-kubernetes/front.ts';
import { execQuery, targetOf } from '../../../sandbox/cluster-kubernetes/kubelet-server.ts';
import { differences, watchCollection } from '../../../sandbox/cluster-kubernetes/watch.ts';

const ports = { etcd: 1, etcdPeers: 2, server: 3 };
const file = (name: string): string => `/keys/${name}`;

function object(uid: string, resourceVersion: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: uid, uid, resourceVersion } };
}

describe('The programs of a real control plane', () => {
  it('listen on loopback only, and etcd serves nobody without a certificate', () => {
    const args = [...etcdArguments('/data', ports, file), ...apiServerArguments(ports, true, file)];
    const addresses = args.filter((arg) => /-urls=|address=|cluster=default/.test(arg));
    assert.equal(addresses.length, 7);
    for (const address of addresses) assert.match(address, /127\.0\.0\.1/);
    for (const flag of ['--client-cert-auth=true', '--peer-client-cert-auth=true', '--anonymous-auth=false'])
      assert.ok(args.includes(flag), flag);
  });

  it('decide by roles only where the cluster does', () => {
    assert.ok(apiServerArguments(ports, true, file).includes('--authorization-mode=RBAC'));
    assert.ok(apiServerArguments(ports, false, file).includes('--authorization-mode=AlwaysAllow'));
  });
});

describe('The server in front of the API server', () => {
  it('is the only one that says who a client is', () => {
    const sent = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters', accept: 'a/b', connection: 'close' };
    assert.deepEqual(forwardedHeaders(sent, undefined), { accept: 'a/b' });
    assert.deepEqual(forwardedHeaders(sent, { commonName: 'eve', organizations: ['x', 'y'] }), {
      accept: 'a/b',
      'x-remote-user': 'eve',
      'x-remote-group': ['x', 'y'],
    });
  });

  it('reads the caller of the request log out of a token', () => {
    const payload = Buffer.from('{"sub":"system:serviceaccount:a:b"}').toString('base64url');
    assert.equal(tokenSubject(`Bearer h.${payload}.s`), 'system:serviceaccount:a:b');
    for (const other of [undefined, 'Bearer opaque', 'Basic dTpw', 'Bearer a.bm8.c'])
      assert.equal(tokenSubject(other), undefined);
  });
});

describe('The kubelet that the API server calls', () => {
  it('knows pod and container by the path, and the streams by a client’s words', () => {
    assert.deepEqual(targetOf('/exec/default/web-1/main', 'exec'), {
      pod: { namespace: 'default', name: 'web-1' },
      container: 'main',
    });
    assert.equal(targetOf('/containerLogs/default/web-1/main', 'exec'), undefined);
    assert.equal(targetOf('/exec/default/web-1', 'exec'), undefined);
    const query = execQuery(new URLSearchParams('command=a&command=b&input=1&output=1&error=1'), 'main');
    assert.equal(query.toString(), 'command=a&command=b&stdin=1&stdout=1&stderr=1&container=main');
  });
});

describe('A collection that is followed', () => {
  it('tells what a new list says to somebody who knew an older one', () => {
    const known = new Map(
      [object('same', '1'), object('changed', '2'), object('gone', '3')].map((it) => [it.metadata.uid ?? '', it]),
    );
    const events = differences(known, [object('same', '1'), object('changed', '5'), object('new', '6')]);
    assert.deepEqual(
      events.map(({ type, object: { metadata } }) => `${type} ${metadata.name}`),
      ['DELETED gone', 'MODIFIED changed', 'ADDED new'],
    );
  });

  it('goes on from the last version where a watch ends, and lists again where that is too old', async () => {
    const stop = new AbortController();
    const line = (type: string, its: object): string => `${JSON.stringify({ type, object: its })}\n`;
    const answers = [
      line('ADDED', object('b', '11')) + line('BOOKMARK', { metadata: { resourceVersion: '15' } }),
      line('ERROR', { code: 410 }),
    ];
    const asked: string[] = [];
    const lists = [[object('a', '10')], [object('b', '11'), object('c', '20')]];
    const seen: string[] = [];
    let filled = 0;
    await watchCollection(
      {
        list: () => {
          const items = lists.shift() ?? [];
          if (lists.length === 0)
            setImmediate(() => {
              stop.abort();
            });
          return Promise.resolve({ items, resourceVersion: items.at(-1)?.metadata.resourceVersion ?? '' });
        },
        open: (query) => {
          asked.push(new URLSearchParams(query).get('resourceVersion') ?? '');
          const answer = answers.shift();
          if (answer === undefined) return Promise.reject(new Error('no more answers'));
          return Promise.resolve(
            Object.assign(Readable.from([answer]), { statusCode: 200 }) as unknown as IncomingMessage,
          );
        },
      },
      {
        listener: ({ type, object: { metadata } }) => seen.push(`${type} ${metadata.name}`),
        filled: () => (filled += 1),
        signal: stop.signal,
      },
    );
    assert.deepEqual(asked.slice(0, 2), ['10', '15']);
    assert.deepEqual(seen, ['ADDED a', 'ADDED b', 'DELETED a', 'ADDED c']);
    assert.equal(filled, 1);
  });
});
