/**
 * What the real server's decoder does with a body of a built-in kind: unknown fields are dropped (and reported), wrong
 * types are refused, null means absent.
 */
import { badRequest } from './errors.ts';
import { isRecord, type Draft, type Json } from './json.ts';
import { fieldsOf, structType, type FieldType } from './typed-schema.ts';

/** Decodes in place. Returns the paths of unknown fields as the server prints them: `spec.template.spec.foo`. */
export function decodeTyped(draft: Draft, model: string): string[] {
  const decoder = new Decoder(draft);
  decoder.visit(draft, structType(model), '', draft.kind);
  return decoder.unknown;
}

/** The same for the metadata alone, which every object has, whatever its kind. */
export function decodeMetadata(draft: Draft): string[] {
  const decoder = new Decoder(draft);
  decoder.visit(draft.metadata, structType('V1ObjectMeta'), 'metadata', draft.kind);
  return decoder.unknown;
}

class Decoder {
  readonly unknown: string[] = [];
  readonly #root: Draft;

  constructor(root: Draft) {
    this.#root = root;
  }

  /** @param owner Go's name of the struct whose field this is */
  visit(value: unknown, type: FieldType, path: string, owner: string): void {
    if (!fits(value, type, path)) throw this.#mismatch(value, goTypeOf(type), { path, owner });
    if (type.is === 'struct') this.#struct(value as Json, type.name, path);
    if (type.is === 'map') for (const item of Object.values(value as Json)) this.visit(item, type.of, path, owner);
    if (type.is !== 'list') return;
    for (const [index, item] of (value as unknown[]).entries()) this.visit(item, type.of, `${path}[${index}]`, owner);
  }

  #struct(record: Json, model: string, path: string): void {
    const fields = fieldsOf(model);
    for (const [name, value] of Object.entries(record)) {
      const type = fields.get(name);
      if (type === undefined) {
        this.unknown.push(join(path, name));
        Reflect.deleteProperty(record, name);
      } else if (value === null || isEmptyMap(value, type)) {
        Reflect.deleteProperty(record, name);
      } else {
        this.visit(value, type, join(path, name), goNameOf(model));
      }
    }
  }

  /** Names the innermost struct, and the path without indexes, as Go's decoder does from 1.26 on. */
  #mismatch(value: unknown, wanted: string, { path, owner }: { path: string; owner: string }): Error {
    const { kind, apiVersion } = this.#root;
    const version = apiVersion.split('/').at(-1) ?? '';
    const field = path.replaceAll(/\[\d+\]/gu, '');
    return badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal ${jsonType(value)} into Go struct field ${owner}.${field} of type ${wanted}`,
    );
  }
}

/** To Go a map without entries is no map: it leaves it out. */
function isEmptyMap(value: unknown, type: FieldType): boolean {
  return type.is === 'map' && isRecord(value) && Object.keys(value).length === 0;
}

/** A quantity may be written as a number; the type map calls quantities strings. */
const QUANTITIES = new Set(
  'limits requests capacity allocatable allocatedResources hard used overhead sizeLimit divisor min max default defaultRequest maxLimitRequestRatio'.split(
    ' ',
  ),
);

function isQuantity(path: string): boolean {
  return QUANTITIES.has(
    path
      .replace(/\[\d+\]$/u, '')
      .split('.')
      .at(-1) ?? '',
  );
}

/** The generator's `V1PodSpec`, `CoreV1Event` are PodSpec and Event to Go. */
function goNameOf(model: string): string {
  return model.replace(/^(?:[A-Z][a-z]+)?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])/u, '');
}

function goTypeOf(type: FieldType): string {
  switch (type.is) {
    case 'struct':
      return `v1.${goNameOf(type.name)}`;
    case 'list':
      return `[]${goTypeOf(type.of)}`;
    case 'map':
      return `map[string]${goTypeOf(type.of)}`;
    default:
      return goTypes[type.is] ?? type.is;
  }
}

const goTypes: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'bool',
  integer: 'int32',
  number: 'float64',
  date: 'string',
};

function fits(value: unknown, type: FieldType, path: string): boolean {
  switch (type.is) {
    case 'struct':
    case 'map':
      return isRecord(value);
    case 'list':
      return Array.isArray(value);
    default:
      return scalarFits(value, type.is) || (typeof value === 'number' && type.is === 'string' && isQuantity(path));
  }
}

function scalarFits(value: unknown, type: string): boolean {
  switch (type) {
    case 'intOrString':
      return typeof value === 'string' || typeof value === 'number';
    case 'string':
    case 'date':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return true;
  }
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
