/** Events as controllers write them: one object per occurrence, counted up when the same is said again. */
import { createHash } from 'node:crypto';
import { KubeStatusError, type ClusterClient, type KubeObject } from '../../contracts.ts';
import { resources } from './shapes.ts';
import { timestamp } from './objects.ts';

interface EventText {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `source.component`, e.g. `daemonset-controller`. */
  readonly component: string;
}

/** Writing an event never stops the work that it tells of; a refusal is handed back for whoever wants to log it. */
export async function recordEvent(
  client: ClusterClient,
  about: KubeObject,
  text: EventText,
): Promise<KubeStatusError | undefined> {
  const namespace = about.metadata.namespace ?? 'default';
  const said = JSON.stringify([about.kind, about.metadata.uid, text]);
  const name = `${about.metadata.name}.${createHash('sha256').update(said).digest('hex').slice(0, 16)}`;
  const now = timestamp();
  const { apiVersion, kind } = about;
  const involved = { apiVersion, kind, name: about.metadata.name, namespace, uid: about.metadata.uid };
  const event: KubeObject = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: involved,
    type: text.type,
    reason: text.reason,
    message: text.message,
    source: { component: text.component },
    reportingComponent: text.component,
    reportingInstance: '',
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
  try {
    await createOrCount(client, event, now);
    return undefined;
  } catch (error) {
    if (error instanceof KubeStatusError) return error;
    throw error;
  }
}

async function createOrCount(client: ClusterClient, event: KubeObject, now: string): Promise<void> {
  const counts = repeats.get(client) ?? new Map<string, number>();
  repeats.set(client, counts);
  const key = `${event.metadata.namespace ?? ''}/${event.metadata.name}`;
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  if (count === 1) {
    try {
      await client.create(resources.events, event);
      return;
    } catch (error) {
      if (!(error instanceof KubeStatusError && error.status.code === 409)) throw error;
    }
  }
  // No read before: recorders have the right to create and patch events, not to get them.
  await client.mergePatch(resources.events, event, { count, lastTimestamp: now });
}

const repeats = new WeakMap<ClusterClient, Map<string, number>>();
