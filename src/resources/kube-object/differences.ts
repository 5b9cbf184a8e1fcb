import type { FieldChange } from '../../engine/resource.ts';
import { quantity } from '../../kube/quantity.ts';

/** Lists that server-side apply merges item by item, and the field that names an item. All other lists are one value. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  versions: 'name',
  ports: 'containerPort',
  volumeMounts: 'mountPath',
};

/** Maps whose values are quantities: `200m` and `0.2` are equal there. */
const QUANTITIES = /\.(limits|requests)\.[^.]+$/;

type Fields = Readonly<Record<string, unknown>>;

/** What of `wanted` is not so in `live`; fields that only `live` has (defaults, other managers') do not count. Pure. */
export function differences(wanted: unknown, live: unknown, path = ''): readonly FieldChange[] {
  if (isEmpty(wanted) && isEmpty(live)) return [];
  if (Array.isArray(wanted)) return listDifferences(wanted, Array.isArray(live) ? live : [], path);
  if (isFields(wanted)) {
    const fields = isFields(live) ? live : {};
    return Object.entries(wanted).flatMap(([name, value]) => differences(value, fields[name], join(path, name)));
  }
  return equalValues(wanted, live, path) ? [] : [{ field: path, from: shown(live), to: shown(wanted) }];
}

function listDifferences(wanted: readonly unknown[], live: readonly unknown[], path: string): readonly FieldChange[] {
  const key = MERGE_KEYS[path.split('.').at(-1) ?? ''];
  if (key !== undefined && wanted.every((each) => isFields(each) && each[key] !== undefined)) {
    return (wanted as readonly Fields[]).flatMap((item) => {
      const same = live.find((each) => isFields(each) && each[key] === item[key]);
      const where = `${path}[${String(item[key])}]`;
      return same === undefined ? [{ field: where, from: 'none', to: 'added' }] : differences(item, same, where);
    });
  }
  const equal =
    wanted.length === live.length && wanted.every((item, index) => differences(item, live[index], path).length === 0);
  return equal ? [] : [{ field: path, from: shown(live), to: shown(wanted) }];
}

/** The API server drops or keeps empty maps and lists as it pleases. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function equalValues(wanted: unknown, live: unknown, path: string): boolean {
  if (wanted === live) return true;
  if (!QUANTITIES.test(path)) return false;
  const [left, right] = [quantity(String(wanted)), quantity(String(live))];
  return left !== undefined && left === right;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
