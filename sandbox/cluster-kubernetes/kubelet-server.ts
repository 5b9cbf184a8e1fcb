/**
 * Where the API server finds the nodes: exec over WebSocket and logs, carried out by the sandbox's pod runtime. The API
 * server hands a client's WebSocket on to nodes that declare ExtendWebSocketsToKubelet (beta since 1.36), and speaks SPDY,
 * which the sandbox does not, to all others.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CertificateAndKey } from '../kit/certificates.ts';
import {
  certificateSubject,
  notImitated,
  startServer,
  type RunningServer,
  type SandboxResponse,
} from '../kit/http-server.ts';
import type { PodName, PodRuntime } from '../cluster/nodes/types.ts';
import { API_SERVER } from './identities.ts';

interface KubeletServerOptions {
  readonly server: CertificateAndKey;
  /** Authority of the API server's client certificate: only it is served. */
  readonly usersCaPem: string;
  readonly runtime: () => PodRuntime | undefined;
}

export async function startKubeletServer({
  server,
  usersCaPem,
  runtime,
}: KubeletServerOptions): Promise<RunningServer> {
  return startServer({
    name: 'kubelet',
    tls: { ...server, clientCaPem: usersCaPem, demandsClientCertificate: true },
    record: () => undefined,
    handler: async ({ url, clientCertificate }) => {
      const target = targetOf(url.pathname, 'containerLogs');
      const pods = runtime();
      if (clientCertificate?.commonName !== API_SERVER) return { status: 403, body: 'Forbidden' };
      if (target === undefined || pods === undefined) {
        return notImitated(url.pathname, 'sandbox/cluster-kubernetes/kubelet-server.ts');
      }
      const query = new URLSearchParams(url.search);
      query.set('container', target.container);
      return inText(await pods.logs(target.pod, query));
    },
    onUpgrade: (incoming, socket, head) => {
      void upgrade(runtime(), { incoming, socket, head });
    },
  });
}

/** A kubelet refuses in plain text: the API server makes a Status of it. */
function inText(response: SandboxResponse): SandboxResponse {
  if (response.status < 400) return response;
  const { message = '' } = response.body as { message?: string };
  return { status: response.status, headers: { 'content-type': 'text/plain' }, body: message };
}

async function upgrade(
  runtime: PodRuntime | undefined,
  request: { readonly incoming: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
): Promise<void> {
  const { incoming, socket } = request;
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const target = targetOf(url.pathname, 'exec');
  socket.on('error', () => socket.destroy());
  if (certificateSubject(socket)?.commonName !== API_SERVER) socket.destroy();
  else if (target === undefined || runtime === undefined) {
    socket.end('HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  } else await runtime.exec(target.pod, execQuery(url.searchParams, target.container), request);
}

/** The API server's words to a kubelet are others than a client's words to it. */
export function execQuery(query: URLSearchParams, container: string): URLSearchParams {
  const renamed: Readonly<Record<string, string>> = { input: 'stdin', output: 'stdout', error: 'stderr' };
  const entries = [...query].map(([name, value]): [string, string] => [renamed[name] ?? name, value]);
  return new URLSearchParams([...entries, ['container', container]]);
}

interface Target {
  readonly pod: PodName;
  readonly container: string;
}

/** `/exec/<namespace>/<pod>/<container>` */
export function targetOf(pathname: string, what: 'exec' | 'containerLogs'): Target | undefined {
  const [, verb, namespace, name, container] = pathname.split('/').map((part) => decodeURIComponent(part));
  if (verb !== what || namespace === undefined || name === undefined || container === undefined) return undefined;
  return { pod: { namespace, name }, container };
}
