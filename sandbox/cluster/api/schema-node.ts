/** One view of typed and structural schemas for merging and field ownership: what is atomic, and what lists merge by. */
import { additionalOf, isEmbeddedResource, itemsOf, propertiesOf } from './crd/schema.ts';
import { stringsAt, type Json } from './json.ts';
import type { ObjectSchema } from './objects.ts';
import { fieldsOf, isAtomic, listMergeOf, structType, type FieldType, type ListMerge } from './typed-schema.ts';

export interface SchemaNode {
  /** An object that is owned and replaced as a whole. */
  readonly atomic: boolean;
  readonly list: ListMerge;
  child(field: string): SchemaNode;
  item(): SchemaNode;
}

/** Where no schema says anything: maps merge, lists are replaced. */
const unknownNode: SchemaNode = {
  atomic: false,
  list: { by: 'replace' },
  child: () => unknownNode,
  item: () => unknownNode,
};

export function nodeOf(schema: ObjectSchema): SchemaNode {
  if (schema.is === 'typed') return typedNode(structType(schema.model), { by: 'replace' }, false);
  return customNode(schema.schema, true);
}

function typedNode(type: FieldType, list: ListMerge, atomic: boolean): SchemaNode {
  return {
    atomic,
    list,
    child: (field) => {
      if (type.is === 'map') return typedNode(type.of, { by: 'replace' }, false);
      if (type.is !== 'struct') return unknownNode;
      const found = fieldsOf(type.name).get(field);
      return found ? typedNode(found, listMergeOf(type.name, field), isAtomic(type.name, field, found)) : unknownNode;
    },
    item: () => (type.is === 'list' ? typedNode(type.of, { by: 'replace' }, false) : unknownNode),
  };
}

function customNode(schema: Json | undefined, isObject: boolean): SchemaNode {
  return {
    atomic: schema?.['x-kubernetes-map-type'] === 'atomic',
    list: customList(schema),
    child: (field) => {
      if (isObject && field === 'metadata') return typedNode(structType('V1ObjectMeta'), { by: 'replace' }, false);
      const found = propertiesOf(schema)[field] ?? additionalOf(schema);
      return found ? customNode(found, isEmbeddedResource(found)) : unknownNode;
    },
    item: () => customNode(itemsOf(schema), false),
  };
}

function customList(schema: Json | undefined): ListMerge {
  if (schema?.['x-kubernetes-list-type'] === 'map')
    return { by: 'keys', keys: stringsAt(schema, 'x-kubernetes-list-map-keys') };
  return schema?.['x-kubernetes-list-type'] === 'set' ? { by: 'value' } : { by: 'replace' };
}
