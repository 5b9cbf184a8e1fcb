/** The API server as kubectl in a command's pod reaches it: with an administrator's certificate, or a token of Entra. */
import { Exec, KubeConfig, type V1Status } from '@kubernetes/client-node';
import https from 'node:https';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { RunningCluster } from '../../../contracts.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

export interface ApiRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

export interface PodCommand {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin: string | undefined;
}

export interface KubeApi {
  ask(request: ApiRequest): Promise<ApiAnswer>;
  /** Rejects with the text of a refused upgrade. */
  exec(command: PodCommand): Promise<{ readonly stdout: string; readonly stderr: string; readonly status: V1Status }>;
}

export function kubeApi(cluster: RunningCluster, token: string | undefined): KubeApi {
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig('admin'));
  const user = config.getCurrentUser();
  if (token !== undefined && user) config.users = [{ name: user.name, token }];
  return {
    ask: (request) => ask(config, cluster.server, request),
    exec: (command) => exec(config, command),
  };
}

async function ask(
  config: KubeConfig,
  server: string,
  { method, path, body, contentType = 'application/json' }: ApiRequest,
): Promise<ApiAnswer> {
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers = {
    ...(options.headers as Readonly<Record<string, string>>),
    accept: 'application/json',
    'user-agent': 'kubectl/v1.33.5',
    ...(body === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
  };
  const { ca, cert, key } = options;
  return new Promise((resolve, reject) => {
    const request = https.request(`${server}${path}`, { method, headers, ca, cert, key, agent: false }, (answer) => {
      text(answer).then((received) => {
        resolve({ status: answer.statusCode ?? 0, body: received });
      }, reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function exec(
  config: KubeConfig,
  { namespace, pod, container, command, stdin }: PodCommand,
): ReturnType<KubeApi['exec']> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const [said, complained] = [text(stdout), text(stderr)];
  const input = stdin === undefined ? null : Readable.from([stdin]);
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(config)
      .exec(namespace, pod, container, [...command], stdout, stderr, input, false, resolve)
      .then((socket) => {
        socket.addEventListener('close', () => {
          reject(new Error('error: the connection ended before the command did'));
        });
      })
      .catch((event: unknown) => {
        reject(new Error((event as { readonly message?: string }).message ?? String(event)));
      });
  });
  return { stdout: await said, stderr: await complained, status };
}
