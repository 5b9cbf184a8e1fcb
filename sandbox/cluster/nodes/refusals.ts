/** Refusals of exec and logs, as the API server and the kubelet word them. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { KubeStatusError } from '../../contracts.ts';
import type { Container, Pod } from '../controllers/shapes.ts';

export function badRequest(message: string): KubeStatusError {
  return new KubeStatusError({ code: 400, reason: 'BadRequest', message });
}

export function podNotFound(name: string): KubeStatusError {
  const message = `pods "${name}" not found`;
  return new KubeStatusError({ code: 404, reason: 'NotFound', message, details: { name, kind: 'pods' } });
}

/** The container that a request names; the only one where it names none. */
export function chosenContainer(pod: Pod, wanted: string | null): Container {
  const { containers } = pod.spec;
  const { name } = pod.metadata;
  if (wanted === null || wanted === '') {
    const [only, ...more] = containers;
    if (only !== undefined && more.length === 0) return only;
    const names = containers.map((container) => container.name).join(' ');
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names}]`);
  }
  const all = [...containers, ...(pod.spec.ephemeralContainers ?? [])];
  const found = all.find((container) => container.name === wanted);
  if (found === undefined) throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  return found;
}

export function statusBody(error: KubeStatusError): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', ...error.status };
}

/** Answers an upgrade request with a plain response. */
export function refuseUpgrade(socket: Duplex, error: KubeStatusError): void {
  const body = JSON.stringify(statusBody(error));
  const { code } = error.status;
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
