/** Lists as tables, for `kubectl get`. */
import type { KubeObject } from '../../../contracts.ts';
import type { Core } from '../core.ts';
import { at, recordsAt, stringAt } from '../json.ts';
import { groupVersionOf, storageKey, type ResourceInfo } from '../resources.ts';
import { age } from './age.ts';
import { builtInColumns, type Column } from './columns.ts';

export function wantsTable(accept: string): boolean {
  return accept.includes('application/json;as=Table;v=v1;g=meta.k8s.io');
}

export interface TableOptions {
  readonly list?: object;
  /** Object: whole; None: none; Metadata (the default): metadata only. */
  readonly includeObject: string | null;
}

/** A meta.k8s.io/v1 Table of these objects. */
export function tableOf(core: Core, info: ResourceInfo, objects: readonly KubeObject[], options: TableOptions): object {
  const columns = columnsOf(core, info);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.list ?? {},
    columnDefinitions: columns.map(({ name, type, priority }) => ({
      name,
      type,
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, core.now())),
      object: embedded(info, object, options.includeObject),
    })),
  };
}

function embedded(info: ResourceInfo, object: KubeObject, include: string | null): object | undefined {
  if (include === 'None') return undefined;
  if (include === 'Object') return { ...object, kind: info.kind, apiVersion: groupVersionOf(info) };
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function columnsOf(core: Core, info: ResourceInfo): readonly Column[] {
  if (!core.registry.isCustom(info)) return builtInColumns(storageKey(info));
  const own = recordsAt(info.versionSpec, 'additionalPrinterColumns');
  const printed = own.map((column): Column => {
    const path = stringAt(column, 'jsonPath');
    const type = stringAt(column, 'type');
    return {
      name: stringAt(column, 'name'),
      type,
      priority: Number(column['priority'] ?? 0),
      cell: (object, now) => printedCell(valueAt(object, path), type, now),
    };
  });
  const [name, age] = builtInColumns('');
  return [...(name ? [name] : []), ...(printed.length > 0 ? printed : age ? [age] : [])];
}

/** The simple JSON paths of printer columns: `.spec.type`, `.metadata.annotations.x\.y`. */
function valueAt(object: KubeObject, path: string): unknown {
  const steps = path.split(/(?<!\\)\./u).filter((step) => step !== '');
  return at(object, ...steps.map((step) => step.replaceAll('\\.', '.')));
}

function printedCell(value: unknown, type: string, now: Date): unknown {
  if (type === 'date' && typeof value === 'string') return age(value, now);
  return value ?? null;
}
