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
  decoder.visit(draft, structType(model), '');
  return decoder.unknown;
}

/** The same for the metadata alone, which every object has, whatever its kind. */
export function decodeMetadata(draft: Draft): string[] {
  const decoder = new Decoder(draft);
  decoder.visit(draft.metadata, structType('V1ObjectMeta'), 'metadata');
  return decoder.unknown;
}

class Decoder {
  readonly unknown: string[] = [];
  readonly #root: Draft;

  constructor(root: Draft) {
    this.#root = root;
  }

  visit(value: unknown, type: FieldType, path: string): void {
    switch (type.is) {
      case 'struct':
        this.#struct(this.#record(value, type.name, path), type.name, path);
        return;
      case 'map':
        for (const [key, item] of Object.entries(this.#record(value, 'map', path)))
          this.visit(item, type.of, join(path, key));
        return;
      case 'list':
        if (!Array.isArray(value)) throw this.#mismatch(value, 'list', path);
        for (const [index, item] of value.entries()) this.visit(item, type.of, `${path}[${index}]`);
        return;
      default:
        if (!scalarFits(value, type.is)) throw this.#mismatch(value, goTypes[type.is] ?? type.is, path);
    }
  }

  #record(value: unknown, wanted: string, path: string): Json {
    if (!isRecord(value)) throw this.#mismatch(value, wanted.replace(/^V\d\w*?(?=[A-Z])/u, 'v1.'), path);
    return value;
  }

  #struct(record: Json, model: string, path: string): void {
    const fields = fieldsOf(model);
    for (const [name, value] of Object.entries(record)) {
      const type = fields.get(name);
      if (type === undefined) {
        this.unknown.push(join(path, name));
        Reflect.deleteProperty(record, name);
      } else if (value === null) {
        Reflect.deleteProperty(record, name);
      } else {
        this.visit(value, type, join(path, name));
      }
    }
  }

  #mismatch(value: unknown, wanted: string, path: string): Error {
    const { kind, apiVersion } = this.#root;
    const version = apiVersion.split('/').at(-1) ?? '';
    const field = path.replaceAll(/\[\d+\]/gu, '');
    return badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal ${jsonType(value)} into Go struct field ${kind}.${field} of type ${wanted}`,
    );
  }
}

const goTypes: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'bool',
  integer: 'int32',
  number: 'float64',
  date: 'string',
};

function scalarFits(value: unknown, type: string): boolean {
  switch (type) {
    // A quantity may be written as a number; the type map calls quantities strings.
    case 'string':
    case 'intOrString':
      return typeof value === 'string' || typeof value === 'number';
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
