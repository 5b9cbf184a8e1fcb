/** A collection as it is and then as it changes: list, watch from there, and the same again where the watch is too old. */
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../contracts.ts';

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

export interface WatchSource {
  list(): Promise<{ readonly items: readonly KubeObject[]; readonly resourceVersion: string }>;
  /** The answer to a watch with this query. */
  open(query: string): Promise<IncomingMessage>;
}

export interface Watching {
  readonly listener: (event: WatchEvent) => void;
  /** Called once, when all that was there has been told. */
  readonly filled: (() => void) | undefined;
  readonly signal: AbortSignal;
}

const pause = 250;

/** Goes on until the signal says otherwise; never rejects: a server that is away, or refuses, is asked again. */
export async function watchCollection(source: WatchSource, { listener, filled, signal }: Watching): Promise<void> {
  const known = new Map<string, KubeObject>();
  const tell = (event: WatchEvent): void => {
    const { uid = '' } = event.object.metadata;
    if (event.type === 'DELETED') known.delete(uid);
    else known.set(uid, event.object);
    if (!signal.aborted) listener(event);
  };
  let announce = filled;
  while (!signal.aborted) {
    try {
      const { items, resourceVersion } = await source.list();
      for (const event of differences(known, items)) tell(event);
      announce?.();
      announce = undefined;
      await follow(source, resourceVersion, tell);
    } catch {
      // The connection is gone, or the right to list: the next round says.
    }
    await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** What a list tells to somebody who knew something else. */
export function differences(known: ReadonlyMap<string, KubeObject>, items: readonly KubeObject[]): WatchEvent[] {
  const now = new Set(items.map(({ metadata }) => metadata.uid ?? ''));
  const gone = [...known].filter(([uid]) => !now.has(uid)).map(([, object]) => ({ type: 'DELETED', object }) as const);
  const changed = items.flatMap((object): WatchEvent[] => {
    const before = known.get(object.metadata.uid ?? '');
    if (before === undefined) return [{ type: 'ADDED', object }];
    const isSame = before.metadata.resourceVersion === object.metadata.resourceVersion;
    return isSame ? [] : [{ type: 'MODIFIED', object }];
  });
  return [...gone, ...changed];
}

/** Returns when a new list is needed. The server ends every watch after a while: then it goes on from the last version. */
async function follow(source: WatchSource, from: string, tell: (event: WatchEvent) => void): Promise<void> {
  for (let resourceVersion = from; ;) {
    const query = new URLSearchParams({ watch: 'true', resourceVersion, allowWatchBookmarks: 'true' });
    const incoming = await source.open(query.toString());
    if (incoming.statusCode !== 200) {
      incoming.resume();
      return;
    }
    for await (const line of linesOf(incoming)) {
      const { type, object } = JSON.parse(line) as { type: string; object: KubeObject };
      if (type === 'ERROR') {
        incoming.destroy();
        return;
      }
      resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
      if (type !== 'BOOKMARK') tell({ type: type as WatchEvent['type'], object });
    }
  }
}

async function* linesOf(incoming: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  incoming.setEncoding('utf8');
  for await (const chunk of incoming) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
}
