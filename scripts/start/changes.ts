/** What a run changed: the state of Azure and of the clusters before and after, compared. */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../sandbox/contracts.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

export interface Change {
  readonly sign: '+' | '-' | '~';
  /** `Azure` or the name of the cluster. */
  readonly place: string;
  readonly kind: string;
  readonly what: string;
}

/** Things by a key that stays the same while they change. */
export type Snapshot = ReadonlyMap<string, Thing>;

interface Thing {
  readonly place: string;
  readonly kind: string;
  readonly name: string;
  readonly content: unknown;
}

/** What controllers make of other objects, and what moves by itself. */
const derivedKinds = new Set([
  'ControllerRevision',
  'Endpoints',
  'EndpointSlice',
  'Event',
  'Lease',
  'Node',
  'Pod',
  'ReplicaSet',
]);

export async function takeSnapshot({ azure, clusters }: Sandbox): Promise<Snapshot> {
  const things = new Map<string, Thing>();
  addAzure(things, 'state', azure.snapshot());
  for (const cluster of clusters) {
    for (const object of await cluster.dump()) {
      if (derivedKinds.has(object.kind)) continue;
      const { namespace, name } = object.metadata;
      const label = namespace === undefined ? name : `${namespace}/${name}`;
      const thing = { place: cluster.name, kind: object.kind, name: label, content: meaningOf(object) };
      things.set([cluster.name, object.apiVersion, object.kind, label].join(' '), thing);
    }
  }
  return things;
}

export function changesBetween(before: Snapshot, after: Snapshot): readonly Change[] {
  const changes: Change[] = [];
  for (const [key, { place, kind, name, content }] of after) {
    const old = before.get(key);
    if (!old) changes.push({ sign: '+', place, kind, what: name });
    else if (!isDeepStrictEqual(old.content, content)) {
      changes.push({ sign: '~', place, kind, what: `${name}: ${differingFields(old.content, content).join(', ')}` });
    }
  }
  for (const [key, { place, kind, name }] of before) {
    if (!after.has(key)) changes.push({ sign: '-', place, kind, what: name });
  }
  return changes;
}

/** Walks the state and takes every object with an `id` or a `name` for a thing; what has neither belongs to the thing around it. */
function addAzure(things: Map<string, Thing>, kind: string, value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) addAzureItem(things, kind, item);
  } else if (isRecord(value)) {
    for (const [field, part] of Object.entries(value)) addAzure(things, field, part);
  }
}

function addAzureItem(things: Map<string, Thing>, kind: string, item: unknown): void {
  if (!isRecord(item)) return;
  const id = item['id'] ?? item['name'];
  if (typeof id !== 'string') return;
  things.set(`azure ${kind} ${id.toLowerCase()}`, {
    place: 'Azure',
    kind,
    name: describeAzure(item, id),
    content: item,
  });
}

/** The last two parts of an id say enough in a table; a role assignment is known by its role and scope. */
function describeAzure(item: Readonly<Record<string, unknown>>, id: string): string {
  const { roleName, scope } = item;
  if (typeof roleName === 'string' && typeof scope === 'string')
    return `${roleName} @ ${scope.split('/').slice(-2).join('/')}`;
  return id.split('/').slice(-1).join('/');
}

function meaningOf({ metadata, status: _status, ...rest }: KubeObject): unknown {
  const { labels, annotations } = metadata;
  return { ...rest, labels, annotations };
}

function differingFields(before: unknown, after: unknown, path = ''): readonly string[] {
  if (!isRecord(before) || !isRecord(after)) return [path];
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .flatMap((field) => differingFields(before[field], after[field], path === '' ? field : `${path}.${field}`));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
