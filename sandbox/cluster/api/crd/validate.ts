/** Validation of custom objects: the structural part of OpenAPI v3, with the real server's messages. */
import { FieldErrors } from '../field-errors.ts';
import { isRecord, same, stringsAt, type Json } from '../json.ts';
import { additionalOf, itemsOf, propertiesOf } from './schema.ts';

export function validateCustom(value: unknown, schema: Json | undefined, errors: FieldErrors): void {
  if (schema !== undefined) visit(value, schema, '', errors);
}

function visit(value: unknown, schema: Json, field: string, errors: FieldErrors): void {
  if (value === null && schema['nullable'] === true) return;
  const wanted = schema['x-kubernetes-int-or-string'] === true ? 'integer,string' : schema['type'];
  if (typeof wanted === 'string' && !wanted.split(',').some((type) => hasType(value, type))) {
    errors.wrongType(field, typeName(value), wanted);
    return;
  }
  checkEnum(value, schema, field, errors);
  if (typeof value === 'string') checkString(value, schema, field, errors);
  if (typeof value === 'number') checkNumber(value, schema, field, errors);
  if (Array.isArray(value)) checkArray(value, schema, field, errors);
  if (isRecord(value)) checkRecord(value, schema, field, errors);
  checkCombinations(value, schema, field, errors);
}

function hasType(value: unknown, wanted: string): boolean {
  switch (wanted) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === wanted;
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

function checkEnum(value: unknown, schema: Json, field: string, errors: FieldErrors): void {
  const allowed = schema['enum'];
  if (!Array.isArray(allowed) || allowed.some((item) => same(item, value))) return;
  errors.notSupported(
    field,
    value,
    allowed.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))),
  );
}

const formats: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/iu,
  date: /^\d{4}-\d\d-\d\d$/u,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/iu,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/u,
  byte: /^[A-Za-z0-9+/]*={0,2}$/u,
};

function checkString(value: string, schema: Json, field: string, errors: FieldErrors): void {
  const { minLength, maxLength, pattern, format } = schema;
  if (typeof minLength === 'number' && value.length < minLength) {
    errors.invalid(field, value, `${field} in body should be at least ${minLength} chars long`);
  }
  if (typeof maxLength === 'number' && value.length > maxLength)
    errors.invalid(field, value, `${field} in body should be at most ${maxLength} chars long`);
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value)) {
    errors.invalid(field, value, `${field} in body should match '${pattern}'`);
  }
  const shape = typeof format === 'string' ? formats[format] : undefined;
  if (shape && !shape.test(value))
    errors.invalid(field, value, `${field} in body must be of type ${String(format)}: ${JSON.stringify(value)}`);
}

function checkNumber(value: number, schema: Json, field: string, errors: FieldErrors): void {
  const { minimum, maximum } = schema;
  if (typeof minimum === 'number') {
    const exclusive = schema['exclusiveMinimum'] === true;
    const relation = exclusive ? 'greater than' : 'greater than or equal to';
    if (exclusive ? value <= minimum : value < minimum)
      errors.invalid(field, value, `${field} in body should be ${relation} ${minimum}`);
  }
  if (typeof maximum === 'number') {
    const exclusive = schema['exclusiveMaximum'] === true;
    const relation = exclusive ? 'less than' : 'less than or equal to';
    if (exclusive ? value >= maximum : value > maximum)
      errors.invalid(field, value, `${field} in body should be ${relation} ${maximum}`);
  }
}

function checkArray(value: readonly unknown[], schema: Json, field: string, errors: FieldErrors): void {
  const { minItems, maxItems } = schema;
  if (typeof minItems === 'number' && value.length < minItems) {
    errors.invalid(field, value.length, `${field} in body should have at least ${minItems} items`);
  }
  if (typeof maxItems === 'number' && value.length > maxItems) {
    errors.invalid(field, value.length, `${field} in body should have at most ${maxItems} items`);
  }
  const items = itemsOf(schema);
  if (items) for (const [index, item] of value.entries()) visit(item, items, `${field}[${index}]`, errors);
  checkDuplicates(value, schema, field, errors);
}

function checkDuplicates(value: readonly unknown[], schema: Json, field: string, errors: FieldErrors): void {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'map' && type !== 'set') return;
  const keys = stringsAt(schema, 'x-kubernetes-list-map-keys');
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const identity = type === 'map' && isRecord(item) ? Object.fromEntries(keys.map((key) => [key, item[key]])) : item;
    if (seen.has(JSON.stringify(identity))) errors.duplicate(`${field}[${index}]`, identity);
    seen.add(JSON.stringify(identity));
  }
}

function checkRecord(value: Json, schema: Json, field: string, errors: FieldErrors): void {
  for (const name of stringsAt(schema, 'required')) {
    if (value[name] === undefined) errors.required(join(field, name));
  }
  const properties = propertiesOf(schema);
  const additional = additionalOf(schema);
  for (const [name, item] of Object.entries(value)) {
    // Metadata was checked as every object's metadata is.
    if (field === '' && name === 'metadata') continue;
    const known = properties[name] ?? additional;
    if (known) visit(item, known, join(field, name), errors);
  }
}

function checkCombinations(value: unknown, schema: Json, field: string, errors: FieldErrors): void {
  const { allOf, anyOf, oneOf, not } = schema;
  const fits = (part: unknown): boolean => isRecord(part) && passes(value, part, field);
  if (Array.isArray(allOf)) for (const part of allOf) if (isRecord(part)) visit(value, part, field, errors);
  if (Array.isArray(anyOf) && !anyOf.some(fits))
    errors.invalid(field, value, `${field} in body must validate at least one schema (anyOf)`);
  if (Array.isArray(oneOf) && oneOf.filter(fits).length !== 1)
    errors.invalid(field, value, `${field} in body must validate one and only one schema (oneOf)`);
  if (isRecord(not) && passes(value, not, field))
    errors.invalid(field, value, `${field} in body must not validate the schema (not)`);
}

function passes(value: unknown, schema: Json, field: string): boolean {
  const errors = new FieldErrors();
  visit(value, schema, field, errors);
  return errors.causes.length === 0;
}

function join(field: string, name: string): string {
  return field === '' ? name : `${field}.${name}`;
}
