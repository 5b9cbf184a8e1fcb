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
  const { query, context, user, request } = call;
  const lines: WatchLine[] = [];
  let wake: () => void = () => undefined;
  let ended = false;
  const push = (line: WatchLine): void => {
    lines.push(line);
    wake();
  };
  const end = (): void => {
    ended = true;
    wake();
  };
  const bookmark = (annotations?: object): void => {
    push({ type: 'BOOKMARK', object: bookmarkObject(call, target, annotations) });
  };
  const close = startWatch();
  const timers = [
    query.get('allowWatchBookmarks') === 'true' ? setInterval(bookmark, BOOKMARK_EVERY) : undefined,
    query.get('timeoutSeconds') === null ? undefined : setTimeout(end, Number(query.get('timeoutSeconds')) * 1000),
  ];
  request.socket.once('close', end);
  return drain();

  function startWatch(): () => void {
    try {
      const options =
        query.get('sendInitialEvents') === 'true'
          ? { ...listOptionsOf(query), resourceVersion: '' }
          : listOptionsOf(query);
      const stop = watchObjects(context.core, { user, target, options }, ({ type, object }) => {
        push({ type, object: present(object) });
      });
      if (query.get('sendInitialEvents') === 'true') bookmark({ 'k8s.io/initial-events-end': 'true' });
      return stop;
    } catch (error) {
      if (!(error instanceof KubeStatusError && error.status.code === 410)) throw error;
      lines.push({ type: 'ERROR', object: statusObject(error) });
      ended = true;
      return () => undefined;
    }
  }

  async function* drain(): AsyncGenerator<string> {
    try {
      for (;;) {
        for (let line = lines.shift(); line !== undefined; line = lines.shift()) yield `${JSON.stringify(line)}\n`;
        if (ended) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      close();
      for (const timer of timers) clearTimeout(timer);
      request.socket.off('close', end);
    }
  }
}

function bookmarkObject({ context }: Call, { info }: Target, annotations?: object): object {
  const resourceVersion = String(context.core.store.revision);
  const metadata = { resourceVersion, creationTimestamp: null, ...(annotations ? { annotations } : {}) };
  return { kind: info.kind, apiVersion: groupVersionOf(info), metadata };
}
