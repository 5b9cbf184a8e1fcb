/** Watches over HTTP: one JSON document per line. */
import { KubeStatusError, type KubeObject } from '../../../contracts.ts';
import { statusObject } from '../errors.ts';
import type { Target } from '../core.ts';
import { watchObjects } from '../reads.ts';
import { groupVersionOf } from '../resources.ts';
import { listOptionsOf } from './options.ts';
import type { Call } from './server-context.ts';

const BOOKMARK_EVERY = 5000;

interface WatchLine {
  readonly type: string;
  readonly object: unknown;
}

/** Lines that wait to be sent, and somebody who waits for them. */
class LineQueue {
  readonly #lines: WatchLine[] = [];
  #wake: () => void = () => undefined;
  #ended = false;

  push(line: WatchLine): void {
    this.#lines.push(line);
    this.#wake();
  }

  readonly end = (): void => {
    this.#ended = true;
    this.#wake();
  };

  /** @param close what to do when nobody reads any more */
  async *read(close: () => void): AsyncGenerator<string> {
    try {
      for (;;) {
        for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift())
          yield `${JSON.stringify(line)}\n`;
        if (this.#ended) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      close();
    }
  }
}

/**
 * Events until the client goes or its `timeoutSeconds` pass. Refusals for the caller are thrown; a resource version that
 * is too old comes as an ERROR event in a stream of status 200, as from the real server's watch cache.
 *
 * @param present what an object looks like to this client: itself, or a Table
 */
export function watchStream(
  call: Call,
  target: Target,
  present: (object: KubeObject) => unknown,
): AsyncIterable<string> {
  const { query, request } = call;
  const queue = new LineQueue();
  const stop = startWatch(call, target, { queue, present });
  const bookmark = (): void => {
    queue.push({ type: 'BOOKMARK', object: bookmarkObject(call, target) });
  };
  const seconds = query.get('timeoutSeconds');
  const bookmarks = query.get('allowWatchBookmarks') === 'true' ? setInterval(bookmark, BOOKMARK_EVERY) : undefined;
  const timeout = seconds === null ? undefined : setTimeout(queue.end, Number(seconds) * 1000);
  request.socket.once('close', queue.end);
  return queue.read(() => {
    stop();
    clearInterval(bookmarks);
    clearTimeout(timeout);
    request.socket.off('close', queue.end);
  });
}

interface Audience {
  readonly queue: LineQueue;
  readonly present: (object: KubeObject) => unknown;
}

function startWatch(call: Call, target: Target, { queue, present }: Audience): () => void {
  const { query, context, user } = call;
  const withState = query.get('sendInitialEvents') === 'true';
  const options = { ...listOptionsOf(query), ...(withState ? { resourceVersion: '' } : {}) };
  try {
    const stop = watchObjects(context.core, { user, target, options }, ({ type, object }) => {
      queue.push({ type, object: present(object) });
    });
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    if (withState) queue.push({ type: 'BOOKMARK', object: bookmarkObject(call, target, annotations) });
    return stop;
  } catch (error) {
    if (!(error instanceof KubeStatusError && error.status.code === 410)) throw error;
    queue.push({ type: 'ERROR', object: statusObject(error) });
    queue.end();
    return () => undefined;
  }
}

function bookmarkObject({ context }: Call, { info }: Target, annotations?: object): object {
  const resourceVersion = String(context.core.store.revision);
  const metadata = { resourceVersion, creationTimestamp: null, ...(annotations ? { annotations } : {}) };
  return { kind: info.kind, apiVersion: groupVersionOf(info), metadata };
}
