import { own } from '../../runtime/json.ts';
import { GROUP_NAME, SAFE_PATH } from '../resource-id.ts';

/** What an answer must look like as far as it is used; fields that nobody uses may be anything. */
export interface Shape {
  /** As in "is no ...". */
  readonly name: string;
  /** May be missing or null. */
  readonly optional?: true;
  /** What is wrong with a value that is there, undefined where it fits; `path`: where it stands, for the text. */
  check(value: unknown, path: string): string | undefined;
  /** What is left of a value that fits where everything is left out that nobody looked at. Default: all of it. */
  readonly keep?: (value: unknown) => unknown;
}

/** The first thing in `value` that does not fit, as a reader names it: `properties.clientId is missing`. */
export function misfit(shape: Shape, value: unknown, path = ''): string | undefined {
  if (value !== undefined && value !== null) return shape.check(value, path);
  return shape.optional ? undefined : `${path} is missing`;
}

/** The value without what the shape does not name. */
export function kept({ keep }: Shape, value: unknown): unknown {
  return value === undefined || value === null || !keep ? value : keep(value);
}

export function optional(shape: Shape): Shape {
  return { ...shape, optional: true };
}

/** Without control characters, which no name in Azure holds and which would forge lines of a log. */
export const text: Shape = textThat('text', /^\P{Cc}*$/u);

/** What people wrote, over several lines if they liked. */
export const words: Shape = textThat('text', /^/);

export const guid: Shape = textThat('GUID', /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i);

/** Of a resource that is used further. */
export const resourceId: Shape = textThat('resource id', SAFE_PATH);

/** The id of anything in Azure, or `/` for all of it. */
export const place: Shape = textThat('id', /^(?!.*\/\.{1,2}(?:\/|$))\/\P{Cc}*$/u);

export const groupName: Shape = textThat('name of a resource group', GROUP_NAME);

export const moment: Shape = shapeOf(
  'time',
  (value) => typeof value === 'string' && !Number.isNaN(new Date(value).getTime()),
);

export const flag: Shape = shapeOf('true or false', (value) => typeof value === 'boolean');

/** Every item of the list. */
export function list(item: Shape): Shape {
  return {
    name: 'list',
    check: (value, path) => {
      if (!Array.isArray(value)) return `${path} is no list`;
      return first(value.entries(), ([index, each]) => misfit(item, each, `${path}[${String(index)}]`));
    },
    keep: (value) => (value as readonly unknown[]).map((each) => kept(item, each)),
  };
}

/** An object with these fields and any others. */
export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  return objectThat(
    (record, path) => first(Object.entries(shapes), ([key, shape]) => misfit(shape, own(record, key), join(path, key))),
    (record) =>
      Object.entries(shapes)
        .filter(([key]) => Object.hasOwn(record, key))
        .map(([key, shape]) => [key, kept(shape, record[key])]),
  );
}

/** An object whose keys are names. */
export function values(shape: Shape): Shape {
  return objectThat(
    (record, path) => first(Object.values(record), (each) => misfit(shape, each, `${path}.*`)),
    (record) => Object.entries(record).map(([name, each]) => [name, kept(shape, each)]),
  );
}

/** An object whose keys are used further, too. */
export function keyed(key: Shape, shape: Shape): Shape {
  return objectThat(
    (record, path) =>
      first(
        Object.entries(record),
        ([name, each]) => misfit(key, name, `${path}.*`) ?? misfit(shape, each, `${path}.*`),
      ),
    (record) => Object.entries(record).map(([name, each]) => [name, kept(shape, each)]),
  );
}

function textThat(name: string, pattern: RegExp): Shape {
  return shapeOf(name, (value) => typeof value === 'string' && pattern.test(value));
}

function shapeOf(name: string, fits: (value: unknown) => boolean): Shape {
  return { name, check: (value, path) => (fits(value) ? undefined : `${path} is no ${name}`) };
}

type Members = Readonly<Record<string, unknown>>;

function objectThat(
  check: (record: Members, path: string) => string | undefined,
  keep: (record: Members) => readonly (readonly [string, unknown])[],
): Shape {
  return {
    name: 'object',
    check: (value, path) => {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isObject ? check(value as Members, path) : `${path || 'it'} is no object`;
    },
    keep: (value) => Object.fromEntries(keep(value as Members)),
  };
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function first<Item>(items: Iterable<Item>, look: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
