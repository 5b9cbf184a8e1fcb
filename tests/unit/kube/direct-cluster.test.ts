import assert from 'node:assert/strict';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../../src/kube/cluster.ts';
import { loadKubeconfig } from '../../../src/kube/config/kubeconfig.ts';
import { DirectCluster } from '../../../src/kube/direct/direct-cluster.ts';
import { openEndpoint } from '../../../src/kube/direct/endpoint.ts';
import { kinds } from '../../../src/kube/kinds.ts';
import { startBudget } from '../../../src/runtime/budget.ts';
import type { RequestRecord } from '../../../sandbox/contracts.ts';
import { createCertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import type { RunningServer, SandboxRequest, SandboxResponse } from '../../../sandbox/kit/http-server.ts';
import { startServer } from '../../../sandbox/kit/http-server.ts';
import { fastClock } from '../../support/clock.ts';

type Answers = (request: SandboxRequest, number: number) => SandboxResponse;

interface Api {
  readonly cluster: KubeCluster;
  readonly requests: readonly Omit<RequestRecord, 'sequence'>[];
  readonly slept: readonly number[];
}

describe('A cluster by its API server', () => {
  const servers: RunningServer[] = [];
  const clusters: KubeCluster[] = [];
  afterEach(async () => {
    for (const cluster of clusters.splice(0)) cluster.close();
    for (const server of servers.splice(0)) await server.close();
  });

  async function api(answer: Answers, trusted = true): Promise<Api> {
    const authority = await createCertificateAuthority('test');
    const { certPem, keyPem } = await authority.serverCertificate(['localhost']);
    const requests: Omit<RequestRecord, 'sequence'>[] = [];
    let number = 0;
    const server = await startServer({
      name: 'cluster:test',
      tls: { certPem, keyPem },
      handler: (request) => answer(request, (number += 1)),
      record: (request) => requests.push(request),
    });
    servers.push(server);
    const ca = trusted ? authority.caPem : (await createCertificateAuthority('another')).caPem;
    const text = JSON.stringify({
      clusters: [
        {
          name: 'c',
          cluster: { server: server.url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
        },
      ],
      users: [{ name: 'u', user: { token: 'tok' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    });
    const network = { proxyFor: () => undefined, certificateAuthority: undefined };
    const { config } = await loadKubeconfig({ text, origin: 'test' }, { network, mask: () => undefined });
    const clock = fastClock();
    const endpoint = await openEndpoint(config, { network });
    const cluster = new DirectCluster('test', { endpoint, clock, budget: startBudget(clock, 60_000) });
    clusters.push(cluster);
    return { cluster, requests, slept: clock.slept };
  }

  const failing = (status: number, headers: Readonly<Record<string, string>> = {}): SandboxResponse => ({
    status,
    headers,
    body: { kind: 'Status', reason: 'x', message: 'busy', code: status },
  });
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'web' } };
  const withCode =
    (code: string) =>
    (error: unknown): boolean =>
      error instanceof DiagnosticError && error.diagnostic.code === code;

  it('reads lists page by page and gives each object its kind', async () => {
    const { cluster, requests } = await api(({ url }) => {
      const second = url.searchParams.get('continue') === 'more';
      const name = second ? 'b' : 'a';
      return { status: 200, body: { metadata: second ? {} : { continue: 'more' }, items: [{ metadata: { name } }] } };
    });
    const pods = await cluster.list(kinds.pod, { namespace: 'web', labelSelector: 'app=web' });
    assert.deepEqual(
      pods.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ['Pod a', 'Pod b'],
    );
    assert.deepEqual(
      requests.map(({ path }) => path),
      [
        '/api/v1/namespaces/web/pods?limit=500&labelSelector=app%3Dweb',
        '/api/v1/namespaces/web/pods?limit=500&labelSelector=app%3Dweb&continue=more',
      ],
    );
  });

  it('sends its token and waits as long as the API server says before it tries again', async () => {
    const { cluster, slept } = await api(({ headers }, number) =>
      number === 1
        ? failing(429, { 'retry-after': '3' })
        : { status: 200, body: { ...pod, metadata: { ...pod.metadata, uid: headers.authorization } } },
    );
    const found = await cluster.get(kinds.pod, pod.metadata);
    assert.equal(found?.metadata.uid, 'Bearer tok');
    assert.deepEqual(slept, [3000]);
  });

  it('repeats a write that was answered with 503, and gives up after six tries', async () => {
    const { cluster, requests } = await api(() => failing(503));
    await assert.rejects(cluster.apply(kinds.pod, pod), withCode('KUB012'));
    assert.equal(requests.length, 6);
  });

  it('does not repeat what was refused', async () => {
    const { cluster, requests } = await api(() => failing(422));
    await assert.rejects(cluster.apply(kinds.pod, pod), withCode('KUB009'));
    assert.equal(requests.length, 1);
  });

  it('applies as the field manager keyless-pods and takes nothing from others by force', async () => {
    const { cluster, requests } = await api(() => ({ status: 200, body: pod }));
    await cluster.apply(kinds.pod, pod);
    assert.deepEqual(
      requests.map(({ method, path }) => `${method} ${path}`),
      ['PATCH /api/v1/namespaces/web/pods/a?fieldManager=keyless-pods&force=false'],
    );
  });

  it('takes what is missing for undefined when it reads, and for done when it deletes', async () => {
    const { cluster } = await api(() => failing(404));
    assert.equal(await cluster.get(kinds.pod, pod.metadata), undefined);
    await cluster.delete(kinds.pod, pod.metadata);
    assert.equal(await cluster.serves(kinds.azureIdentity), false);
  });

  it('tells a certificate that is not trusted from a server that is not there', async () => {
    const { cluster, requests } = await api(() => ({ status: 200, body: pod }), false);
    await assert.rejects(cluster.get(kinds.pod, pod.metadata), withCode('KUB002'));
    assert.deepEqual(requests, []);
    const gone = await api(() => ({ status: 200, body: pod }));
    await servers.pop()?.close();
    await assert.rejects(gone.cluster.get(kinds.pod, pod.metadata), withCode('KUB001'));
  });

  it('stops reading when the run is stopped', async () => {
    const { cluster, requests } = await api(() => ({ status: 200, body: pod }));
    await assert.rejects(cluster.get(kinds.pod, pod.metadata, AbortSignal.abort(new Error('stopped'))), /stopped/);
    assert.deepEqual(requests, []);
  });
});
