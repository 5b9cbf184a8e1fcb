/** Whether everything of an answer is in what a client made of it: how newer API versions than the vendored ones are judged. */

export interface Leaf {
  /** `properties.sku.name`; items of lists have their list's path. */
  readonly path: string;
  readonly value: unknown;
}

/** Names that the clients give to properties, by the name on the wire. */
const renamed: Readonly<Record<string, readonly string[]>> = {
  // Beside the type of the resource: of a role in @azure/arm-authorization, of an agent pool in @azure/arm-containerservice.
  type: ['roletype', 'typepropertiestype'],
  // @azure/keyvault-secrets
  created: ['createdon'],
  updated: ['updatedon'],
  nbf: ['notbefore'],
  exp: ['expireson'],
  deleteddate: ['deletedon'],
};

/** Paths of the answer whose value the model does not have under the same name, in whatever depth. Null is nothing. */
export function lostIn(answer: unknown, model: unknown): readonly string[] {
  const kept = leavesOf(model, '');
  return leavesOf(answer, '')
    .filter(({ value }) => value !== null)
    .filter((leaf) => !kept.some((other) => isSame(leaf, other)))
    .map(({ path }) => path);
}

function isSame(wire: Leaf, model: Leaf): boolean {
  const [asked, given] = [nameOf(wire), nameOf(model)];
  return (asked === given || renamed[asked]?.includes(given) === true) && isEqual(wire.value, model.value);
}

function nameOf({ path }: Leaf): string {
  return (path.split('.').at(-1) ?? '').toLowerCase();
}

/** Times come as ISO 8601 or as seconds and become dates, base64 becomes bytes. */
function isEqual(wire: unknown, model: unknown): boolean {
  if (model instanceof Date) {
    return model.getTime() === (typeof wire === 'number' ? wire * 1000 : Date.parse(String(wire)));
  }
  if (model instanceof Uint8Array) {
    return (['base64', 'base64url'] as const).some((encoding) => Buffer.from(model).toString(encoding) === wire);
  }
  return wire === model;
}

function leavesOf(value: unknown, path: string): readonly Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, path));
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [{ path, value }];
  if (value instanceof Date || value instanceof Uint8Array) return [{ path, value }];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, path === '' ? name : `${path}.${name}`));
}
