import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { V1Status } from '@kubernetes/client-node';
import type { ExecRequest, ExecResult } from '../cluster.ts';
import { KubeRefusal } from '../refusal.ts';
import type { Endpoint } from './endpoint.ts';

/** Runs one command in a container over the client library's WebSocket. @throws KubeRefusal, or the network's error */
export async function runInPod(endpoint: Endpoint, request: ExecRequest, signal?: AbortSignal): Promise<ExecResult> {
  const { Exec } = await import('@kubernetes/client-node/dist/exec.js');
  const output = { stdout: collect(), stderr: collect() };
  const timeout = AbortSignal.timeout(request.timeout);
  const stop = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const status = await new Promise<V1Status>((resolve, reject) => {
    const { namespace, pod, container = '', command, stdin } = request;
    const give = stdin === undefined ? null : Readable.from([stdin]);
    const fail = (error: unknown): void => {
      reject(
        timeout.aborted
          ? new Error(`the command did not end within ${String(request.timeout / 1000)} s`)
          : asError(error),
      );
    };
    stop.addEventListener('abort', fail, { once: true });
    const streams = [output.stdout.stream, output.stderr.stream, give] as const;
    new Exec(endpoint.config)
      .exec(namespace, pod, container, [...command], ...streams, false, resolve)
      .then((socket) => {
        socket.addEventListener('close', () => {
          fail(new Error('the connection ended before the command did'));
        });
        stop.addEventListener('abort', () => {
          socket.terminate();
        });
      })
      .catch(fail);
  });
  // The status may overtake the last bytes on their way through the streams, which the client library ends with it.
  const [stdout, stderr] = await Promise.all([output.stdout.text(), output.stderr.text()]);
  return { stdout, stderr, ...ending(status) };
}

/** A kubelet gives the exit code as a cause; what runs nodes without one (KWOK) only in the message. */
function ending({ status, message, details }: V1Status): Pick<ExecResult, 'exitCode' | 'failure'> {
  if (status === 'Success') return { exitCode: 0 };
  const cause = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  const code = cause ?? /exit (?:code|status) (\d+)/.exec(message ?? '')?.[1];
  if (code !== undefined) return { exitCode: Number(code) };
  return { exitCode: undefined, failure: message ?? 'the node gave no reason' };
}

/** A WebSocket client gives events in place of errors, and a refused upgrade only as text. */
function asError(thrown: unknown): Error {
  const event = thrown as { readonly error?: unknown; readonly message?: string };
  const message = event.error instanceof Error ? event.error.message : (event.message ?? 'the connection failed');
  const code = /Unexpected server response: (\d+)/.exec(message)?.[1];
  if (code !== undefined) return new KubeRefusal({ code: Number(code), reason: '', message, causes: [] });
  if (thrown instanceof Error) return thrown;
  return event.error instanceof Error ? event.error : new Error(message);
}

/** Bytes of one stream; what a pod prints beyond them is dropped, because no command of ours says as much. */
const MOST_OUTPUT = 1024 * 1024;

function collect(): { readonly stream: PassThrough; text(): Promise<string> } {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  let room = MOST_OUTPUT;
  stream.on('data', (chunk: Buffer) => {
    if (room > 0) chunks.push(chunk.subarray(0, room));
    room -= chunk.length;
  });
  const ended = finished(stream);
  // Never ends where the connection breaks; that failure is reported by itself.
  ended.catch(() => undefined);
  return {
    stream,
    text: async () => {
      await ended;
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}
