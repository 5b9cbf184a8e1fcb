/** Columns of the built-in kinds: k8s.io/kubernetes/pkg/printers/internalversion, for the kinds that people look at. */
import type { KubeObject } from '../../../contracts.ts';
import { at, recordAt, recordsAt, stringAt, stringMapAt } from '../json.ts';
import { age } from './age.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
  /** 0: always, 1: with `-o wide`. */
  readonly priority: number;
  cell(object: KubeObject, now: Date): unknown;
}

function column(name: string, cell: Column['cell'], type = 'string', priority = 0): Column {
  return { name, type, priority, cell };
}

function wide(name: string, cell: Column['cell']): Column {
  return column(name, cell, 'string', 1);
}

const nameColumn = column('Name', (object) => object.metadata.name);
const ageColumn = column('Age', (object, now) => age(object.metadata.creationTimestamp, now));

function count(...path: readonly string[]): Column['cell'] {
  return (object) => {
    const found = at(object, ...path);
    return typeof found === 'number' ? found : 0;
  };
}

function text(...path: readonly string[]): Column['cell'] {
  return (object) => stringAt(object, ...path) || '<none>';
}

function pairs(...path: readonly string[]): Column['cell'] {
  return (object) =>
    Object.entries(stringMapAt(object, ...path))
      .map(([key, value]) => `${key}=${value}`)
      .join(',') || '<none>';
}

function podStatus(object: KubeObject): string {
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const status of recordsAt(object, 'status', 'containerStatuses')) {
    const reason = stringAt(status, 'state', 'waiting', 'reason') || stringAt(status, 'state', 'terminated', 'reason');
    if (reason !== '') return reason;
  }
  return stringAt(object, 'status', 'reason') || stringAt(object, 'status', 'phase');
}

function podReady(object: KubeObject): string {
  const ready = recordsAt(object, 'status', 'containerStatuses').filter((status) => status['ready'] === true);
  return `${ready.length}/${recordsAt(object, 'spec', 'containers').length}`;
}

function podRestarts(object: KubeObject): string {
  let restarts = 0;
  for (const status of recordsAt(object, 'status', 'containerStatuses'))
    restarts += Number(status['restartCount'] ?? 0);
  return String(restarts);
}

function nodeStatus(object: KubeObject): string {
  const ready = recordsAt(object, 'status', 'conditions').find((condition) => condition['type'] === 'Ready');
  const status = ready?.['status'] === 'True' ? 'Ready' : 'NotReady';
  return recordAt(object, 'spec')['unschedulable'] === true ? `${status},SchedulingDisabled` : status;
}

function ports(object: KubeObject): string {
  return (
    recordsAt(object, 'spec', 'ports')
      .map((port) => `${String(port['port'])}/${String(port['protocol'])}`)
      .join(',') || '<none>'
  );
}

const columns: Readonly<Record<string, readonly Column[]>> = {
  'pods.': [
    nameColumn,
    column('Ready', podReady),
    column('Status', podStatus),
    column('Restarts', podRestarts),
    ageColumn,
    wide('IP', text('status', 'podIP')),
    wide('Node', text('spec', 'nodeName')),
    wide('Nominated Node', text('status', 'nominatedNodeName')),
    wide('Readiness Gates', () => '<none>'),
  ],
  'deployments.apps': [
    nameColumn,
    column(
      'Ready',
      (object) =>
        `${String(count('status', 'readyReplicas')(object, new Date(0)))}/${String(count('spec', 'replicas')(object, new Date(0)))}`,
    ),
    column('Up-to-date', count('status', 'updatedReplicas'), 'integer'),
    column('Available', count('status', 'availableReplicas'), 'integer'),
    ageColumn,
    wide('Selector', pairs('spec', 'selector', 'matchLabels')),
  ],
  'replicasets.apps': [
    nameColumn,
    column('Desired', count('spec', 'replicas'), 'integer'),
    column('Current', count('status', 'replicas'), 'integer'),
    column('Ready', count('status', 'readyReplicas'), 'integer'),
    ageColumn,
  ],
  'daemonsets.apps': [
    nameColumn,
    column('Desired', count('status', 'desiredNumberScheduled'), 'integer'),
    column('Current', count('status', 'currentNumberScheduled'), 'integer'),
    column('Ready', count('status', 'numberReady'), 'integer'),
    column('Up-to-date', count('status', 'updatedNumberScheduled'), 'integer'),
    column('Available', count('status', 'numberAvailable'), 'integer'),
    column('Node Selector', pairs('spec', 'template', 'spec', 'nodeSelector')),
    ageColumn,
  ],
  'nodes.': [
    nameColumn,
    column('Status', nodeStatus),
    column('Roles', () => '<none>'),
    ageColumn,
    column('Version', text('status', 'nodeInfo', 'kubeletVersion')),
  ],
  'namespaces.': [nameColumn, column('Status', text('status', 'phase')), ageColumn],
  'services.': [
    nameColumn,
    column('Type', text('spec', 'type')),
    column('Cluster-IP', text('spec', 'clusterIP')),
    column('External-IP', () => '<none>'),
    column('Port(s)', ports),
    ageColumn,
  ],
  'events.': [
    column('Last Seen', (object, now) =>
      age(stringAt(object, 'lastTimestamp') || object.metadata.creationTimestamp, now),
    ),
    column('Type', text('type')),
    column('Reason', text('reason')),
    column(
      'Object',
      (object) =>
        `${stringAt(object, 'involvedObject', 'kind').toLowerCase()}/${stringAt(object, 'involvedObject', 'name')}`,
    ),
    column('Message', text('message')),
    wide('Name', (object) => object.metadata.name),
  ],
  'secrets.': [
    nameColumn,
    column('Type', text('type')),
    column('Data', (object) => Object.keys(recordAt(object, 'data')).length, 'integer'),
    ageColumn,
  ],
  'configmaps.': [
    nameColumn,
    column('Data', (object) => Object.keys(recordAt(object, 'data')).length, 'integer'),
    ageColumn,
  ],
  'customresourcedefinitions.apiextensions.k8s.io': [
    nameColumn,
    column('Created At', (object) => object.metadata.creationTimestamp),
  ],
  'clusterroles.rbac.authorization.k8s.io': [
    nameColumn,
    column('Created At', (object) => object.metadata.creationTimestamp),
  ],
  'roles.rbac.authorization.k8s.io': [nameColumn, column('Created At', (object) => object.metadata.creationTimestamp)],
};

/** Name and age where a kind has no columns of its own. */
export function builtInColumns(key: string): readonly Column[] {
  return columns[key] ?? [nameColumn, ageColumn];
}
