/** An answer of a sandbox server, and how it goes out. */
import type http from 'node:http';

export interface SandboxResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Object: JSON. String or Buffer: as it is. Async iterable: streamed (watch, logs). */
  readonly body?: unknown;
  /** Bytes of the body (none that is streamed) after which the connection is dropped, whatever content-length promised. */
  readonly cutAfter?: number;
}

/** Writes the answer; one that is cut ends with its connection. */
export async function send(response: SandboxResponse, outgoing: http.ServerResponse): Promise<void> {
  const { body, headers, status, cutAfter } = response;
  if (isStream(body)) {
    outgoing.writeHead(status, { ...headers });
    outgoing.flushHeaders();
    await stream(body, outgoing);
    return;
  }
  const { content, type } = contentOf(body);
  if (cutAfter === undefined) {
    outgoing.writeHead(status, { ...type, ...headers });
    outgoing.end(content);
    return;
  }
  const whole = Buffer.from(content ?? '');
  outgoing.writeHead(status, { ...type, ...headers, 'content-length': whole.length });
  outgoing.write(whole.subarray(0, cutAfter), () => outgoing.destroy());
}

/** The bytes of a body that is not streamed, and the type that it has where nobody says another. */
export function contentOf(body: unknown): {
  readonly content: string | Buffer | undefined;
  readonly type: Readonly<Record<string, string>>;
} {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) return { content: body, type: {} };
  return { content: JSON.stringify(body), type: { 'content-type': 'application/json; charset=utf-8' } };
}

function isStream(body: unknown): body is AsyncIterable<string | Buffer> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

async function stream(body: AsyncIterable<string | Buffer>, outgoing: http.ServerResponse): Promise<void> {
  try {
    for await (const chunk of body) {
      if (outgoing.destroyed) return;
      outgoing.write(chunk);
    }
    outgoing.end();
  } catch {
    outgoing.destroy();
  }
}
