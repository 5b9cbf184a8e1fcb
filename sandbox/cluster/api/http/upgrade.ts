/** Requests that ask for an upgrade: exec into a pod, decided here and carried out by the nodes. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { KubeStatusError, type RequestRecord } from '../../../contracts.ts';
import { certificateSubject, notImitated } from '../../../kit/http-server.ts';
import { atLeast, authorize, type Target } from '../core.ts';
import { noSuchResource, statusObject } from '../errors.ts';
import type { User } from '../rbac.ts';
import { existing } from '../reads.ts';
import { authenticate } from './authenticate.ts';
import { parsePath } from './request-info.ts';
import type { ServerContext } from './server-context.ts';

interface Outcome {
  status: number;
  caller?: string;
}

/**
 * @param name of the server, for the request log
 * @param record hears of every upgrade request, when it was decided
 */
export function upgradeHandler(
  context: ServerContext,
  name: string,
  record: (request: Omit<RequestRecord, 'sequence'>) => void,
): (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (incoming, socket, head) => {
    const started = performance.now();
    const outcome: Outcome = { status: 101 };
    socket.on('error', () => socket.destroy());
    const note = (): void => {
      const agent = incoming.headers['user-agent'];
      record({
        time: new Date().toISOString(),
        server: name,
        method: incoming.method ?? '',
        host: incoming.headers.host ?? '',
        path: incoming.url ?? '',
        ...outcome,
        ...(agent === undefined ? {} : { userAgent: agent }),
        milliseconds: Math.round(performance.now() - started),
      });
    };
    void carryOut(context, { incoming, socket, head }, outcome, note);
  };
}

interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

async function carryOut(context: ServerContext, upgrade: Upgrade, outcome: Outcome, note: () => void): Promise<void> {
  const { incoming, socket } = upgrade;
  try {
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    const clientCertificate = certificateSubject(socket);
    const credentials = {
      authorization: incoming.headers.authorization,
      ...(clientCertificate ? { clientCertificate } : {}),
    };
    const user = await authenticate(context, credentials);
    outcome.caller = user.name;
    const target = targetOf(context, url.pathname);
    authorizeConnect(context, user, target, incoming.method ?? 'GET');
    const pod = existing(context.core, target);
    const runtime = context.runtime();
    if (target.subresource !== 'exec' || !runtime) {
      outcome.status = 501;
      note();
      refuse(
        socket,
        501,
        notImitated(`${String(target.subresource)} of pods`, 'sandbox/cluster/api/http/upgrade.ts').body,
      );
      return;
    }
    note();
    await runtime.exec({ namespace: target.namespace ?? '', name: pod.metadata.name }, url.searchParams, upgrade);
  } catch (error) {
    const known =
      error instanceof KubeStatusError
        ? error
        : new KubeStatusError({ code: 500, reason: 'InternalError', message: String(error) });
    outcome.status = known.status.code;
    note();
    refuse(socket, known.status.code, statusObject(known));
  }
}

function targetOf(context: ServerContext, pathname: string): Target {
  const path = parsePath(pathname);
  const info = path.is === 'resource' ? context.core.registry.find(path.group, path.version, path.plural) : undefined;
  if (path.is !== 'resource' || info?.plural !== 'pods' || path.subresource === undefined) throw noSuchResource();
  if (!['exec', 'attach', 'portforward'].includes(path.subresource)) throw noSuchResource();
  return { info, namespace: path.namespace, name: path.name, subresource: path.subresource };
}

/**
 * A WebSocket begins with GET and is authorized as `get`; from 1.35 on the server asks for `create`, too
 * (AuthorizePodWebsocketUpgradeCreatePermission). SPDY begins with POST: `create`.
 */
function authorizeConnect(context: ServerContext, user: User, target: Target, method: string): void {
  const verb = method === 'POST' ? 'create' : 'get';
  authorize(context.core, user, verb, target);
  if (verb === 'get' && atLeast(context.core, 35)) authorize(context.core, user, 'create', target);
}

function refuse(socket: Duplex, code: number, body: unknown): void {
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}
