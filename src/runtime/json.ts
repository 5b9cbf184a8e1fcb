/** Undefined for text that is no JSON: what services, proxies and people send is looked at and never trusted. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of a JSON object; none for any other JSON and for text that is none. */
export function jsonFields(text: string): Readonly<Record<string, unknown>> {
  return fieldsOf(parseJson(text));
}

/** A member of its own: what an object inherits ("constructor", "__proto__") was not written by anybody. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The fields of an object; none for any other value. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
