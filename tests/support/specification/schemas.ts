/**
 * JSON Schema out of Swagger 2.0, as Azure's own validator (oav) reads it:
 * - A property that an object does not name is a mistake (unless it takes any).
 * - Enumerations with `modelAsString` may grow: any text is accepted.
 * - Properties that are not required may be null; others where `x-nullable` says so.
 * - Answers may not hold what can only be written, requests need not hold what can only be read.
 */
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js';
import { deviationOf, eraOf, type Deviation } from './deviations.ts';
import { resolve, type Located, type SwaggerSchema } from './document.ts';
import { formats } from './formats.ts';

export interface Reading {
  readonly direction: 'request' | 'response';
  /** The api-version of the request. */
  readonly version: string;
}

type JsonSchema = Readonly<Record<string, unknown>> | boolean;

/** `open` within allOf, where the whole decides which properties there are. */
type Shape = 'open' | 'closed';

const ajv = new Ajv2019({ strict: false, allErrors: true, formats });
const compiled = new Map<string, ValidateFunction>();
const defined = new Set<string>();

/** Compiled once for each direction and era. @throws Error for what no imitated service has: discriminators */
export function validatorOf({ file, part }: Located<SwaggerSchema>, reading: Reading): ValidateFunction {
  const key = JSON.stringify([file, reading.direction, eraOf(reading.version), part]);
  const known = compiled.get(key);
  if (known) return known;
  const made = ajv.compile(convert({ file, part }, reading, 'closed') as object);
  compiled.set(key, made);
  return made;
}

function convert({ file, part }: Located<SwaggerSchema>, reading: Reading, shape: Shape): JsonSchema {
  if (part.$ref !== undefined) return { $ref: define({ file, part: part.$ref }, reading, shape) };
  if (part.discriminator !== undefined) throw new Error(`${file}: a discriminator (${part.discriminator})`);
  const within = (inner: SwaggerSchema, as: Shape = 'closed'): JsonSchema =>
    convert({ file, part: inner }, reading, as);
  const { properties, allOf, items, additionalProperties, required } = part;
  return {
    ...keywords(part),
    ...(required ? { required: required.filter((name) => mustBeThere(properties?.[name], reading)) } : {}),
    ...(properties ? { properties: propertiesOf(part, reading, within) } : {}),
    ...(allOf ? { allOf: allOf.map((base) => within(base, 'open')) } : {}),
    ...(items ? { items: within(items) } : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: orNull(within(additionalProperties)) } : {}),
    ...(shape === 'closed' && isClosed(part) ? { unevaluatedProperties: false } : {}),
  };
}

/** Makes the definition known to the compiler under an id of its own, once. */
function define({ file, part: reference }: Located<string>, reading: Reading, shape: Shape): string {
  const { file: target, part } = resolve<SwaggerSchema>({ file, reference });
  const name = reference.split('/').at(-1) ?? '';
  const id = `swagger:/${target}/${name}/${reading.direction}/${shape}/${String(eraOf(reading.version))}`;
  if (defined.has(id)) return id;
  // Before it is converted: definitions refer to themselves.
  defined.add(id);
  const actual = deviating(part, deviationOf(target, name), reading);
  ajv.addSchema({ $id: id, ...(convert({ file: target, part: actual }, reading, shape) as object) });
  return id;
}

function deviating(part: SwaggerSchema, deviation: Deviation | undefined, { version }: Reading): SwaggerSchema {
  if (!deviation) return part;
  const { properties, optional = [] } = deviation;
  const shown = Object.entries(properties).filter(([, { since = '' }]) => since <= version.slice(0, 10));
  return {
    ...part,
    properties: { ...part.properties, ...Object.fromEntries(shown.map(([name, { schema }]) => [name, schema])) },
    ...(part.required ? { required: part.required.filter((name) => !optional.includes(name)) } : {}),
  };
}

function propertiesOf(
  { properties = {}, required = [] }: SwaggerSchema,
  { direction }: Reading,
  within: (inner: SwaggerSchema) => JsonSchema,
): JsonSchema {
  const entries = Object.entries(properties).map(([name, property]): [string, JsonSchema] => {
    if (direction === 'response' && property['x-ms-mutability']?.includes('read') === false) return [name, false];
    const nullable = property['x-nullable'] ?? !required.includes(name);
    return [name, nullable ? orNull(within(property)) : within(property)];
  });
  return Object.fromEntries(entries);
}

function mustBeThere(property: SwaggerSchema | undefined, { direction }: Reading): boolean {
  return direction === 'response' || property?.readOnly !== true;
}

const kept = ['pattern', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minimum', 'maximum', 'uniqueItems'];

function keywords({ type, format, enum: values, 'x-ms-enum': kind, ...more }: SwaggerSchema): Record<string, unknown> {
  return {
    ...(type === undefined ? {} : { type }),
    ...(format === undefined ? {} : { format }),
    ...(values === undefined || kind?.modelAsString === true ? {} : { enum: values }),
    ...Object.fromEntries(kept.filter((name) => name in more).map((name) => [name, more[name]])),
  };
}

function isClosed({ properties, allOf, additionalProperties }: SwaggerSchema): boolean {
  return additionalProperties === undefined && (allOf !== undefined || Object.keys(properties ?? {}).length > 0);
}

function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}
