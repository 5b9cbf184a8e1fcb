/** Defaults of structural schemas. */
import { isRecord, type Json } from '../json.ts';
import { additionalOf, itemsOf, propertiesOf } from './schema.ts';

/** Fills in, in place. A default applies where the value is absent, inside objects that are there. */
export function defaultCustom(value: unknown, schema: Json | undefined): void {
  if (schema === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) defaultCustom(item, itemsOf(schema));
  } else if (isRecord(value)) {
    defaultRecord(value, schema);
  }
}

function defaultRecord(record: Json, schema: Json): void {
  const properties = propertiesOf(schema);
  for (const [name, property] of Object.entries(properties)) {
    const dropsNull = record[name] === null && property['nullable'] !== true;
    if ((record[name] === undefined || dropsNull) && property['default'] !== undefined)
      record[name] = structuredClone(property['default']);
  }
  for (const [name, value] of Object.entries(record)) defaultCustom(value, properties[name] ?? additionalOf(schema));
}
