/** Drops what the structural schema does not name: objects keep nothing that their definition does not know. */
import { isRecord, type Draft, type Json } from '../json.ts';
import { decodeMetadata } from '../decode.ts';
import { additionalOf, isEmbeddedResource, itemsOf, preservesUnknown, propertiesOf } from './schema.ts';

const alwaysKept = new Set(['apiVersion', 'kind', 'metadata']);

/** Prunes in place. Returns the paths of what was dropped. */
export function pruneCustom(draft: Draft, schema: Json | undefined): string[] {
  const dropped: string[] = [];
  // Metadata of every object has the schema of ObjectMeta, whatever the definition says of it.
  dropped.push(...decodeMetadata(draft));
  if (!preservesUnknown(schema)) pruneObject(draft, schema, { path: '', root: true, dropped });
  return dropped;
}

interface Place {
  readonly path: string;
  readonly root: boolean;
  readonly dropped: string[];
}

function prune(value: unknown, schema: Json | undefined, place: Place): void {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    for (const [index, item] of value.entries())
      prune(item, items, { ...place, root: false, path: `${place.path}[${index}]` });
  } else if (isRecord(value)) {
    pruneObject(value, schema, { ...place, root: isEmbeddedResource(schema) });
  }
}

function pruneObject(record: Json, schema: Json | undefined, place: Place): void {
  const properties = propertiesOf(schema);
  const additional = additionalOf(schema);
  for (const [name, value] of Object.entries(record)) {
    if (place.root && alwaysKept.has(name)) continue;
    const known = properties[name] ?? additional;
    const path = place.path === '' ? name : `${place.path}.${name}`;
    if (known !== undefined) {
      prune(value, known, { ...place, path });
    } else if (!preservesUnknown(schema)) {
      place.dropped.push(path);
      Reflect.deleteProperty(record, name);
    }
  }
}
