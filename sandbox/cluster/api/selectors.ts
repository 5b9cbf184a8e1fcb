/** Label and field selectors in their query form. */
import type { KubeObject } from '../../contracts.ts';
import { badRequest } from './errors.ts';
import { at, recordsAt, stringAt, stringMapAt, stringsAt } from './json.ts';
import { qualifiedNameProblem } from './names.ts';
import type { ResourceInfo } from './resources.ts';

type Labels = Readonly<Record<string, string>>;
export type LabelTest = (labels: Labels) => boolean;
export type ObjectTest = (object: KubeObject) => boolean;

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k`: the grammar of k8s.io/apimachinery/pkg/labels. Throws 400. */
export function parseLabelSelector(text: string): LabelTest {
  const tests = splitOutsideBrackets(text).map((part) => parseRequirement(part, text));
  return (labels) => tests.every((test) => test(labels));
}

function splitOutsideBrackets(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/u)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parseRequirement(part: string, whole: string): LabelTest {
  const set = /^(?<key>\S+)\s+(?<operator>in|notin)\s*\((?<values>.*)\)$/u.exec(part)?.groups;
  if (set) {
    const values = String(set['values'])
      .split(',')
      .map((value) => value.trim());
    return requirement(checkedKey(set['key']), set['operator'] === 'in' ? 'In' : 'NotIn', values);
  }
  const pair = /^(?<key>[^=!<>\s]+)\s*(?<operator>==|=|!=)\s*(?<value>[^=!<>\s]*)$/u.exec(part)?.groups;
  if (pair) return requirement(checkedKey(pair['key']), equality(pair['operator']), [String(pair['value'])]);
  const presence = /^(?<not>!?)\s*(?<key>[^=!<>()\s]+)$/u.exec(part)?.groups;
  if (presence)
    return requirement(checkedKey(presence['key']), presence['not'] === '!' ? 'DoesNotExist' : 'Exists', []);
  throw badRequest(`unable to parse requirement: found '${part}', expected: ',' or 'end of string' in "${whole}"`);
}

function equality(operator: string | undefined): string {
  return operator === '!=' ? 'NotIn' : 'In';
}

function checkedKey(key: string | undefined): string {
  const problem = qualifiedNameProblem(key ?? '');
  if (problem !== undefined)
    throw badRequest(`unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`);
  return key ?? '';
}

function requirement(key: string, operator: string, values: readonly string[]): LabelTest {
  switch (operator) {
    case 'In':
      return (labels) => Object.hasOwn(labels, key) && values.includes(String(labels[key]));
    case 'NotIn':
      return (labels) => !Object.hasOwn(labels, key) || !values.includes(String(labels[key]));
    case 'Exists':
      return (labels) => Object.hasOwn(labels, key);
    case 'DoesNotExist':
      return (labels) => !Object.hasOwn(labels, key);
    default:
      return () => false;
  }
}

/** A LabelSelector object (`matchLabels`, `matchExpressions`); an empty one matches everything. */
export function labelSelectorTest(selector: unknown): LabelTest {
  const pairs = Object.entries(stringMapAt(selector, 'matchLabels')).map(([key, value]) =>
    requirement(key, 'In', [value]),
  );
  const expressions = recordsAt(selector, 'matchExpressions').map((expression) =>
    requirement(stringAt(expression, 'key'), stringAt(expression, 'operator'), stringsAt(expression, 'values')),
  );
  const tests = [...pairs, ...expressions];
  return (labels) => tests.every((test) => test(labels));
}

const common = ['metadata.name', 'metadata.namespace'];
const fieldsByResource: Readonly<Record<string, readonly string[]>> = {
  'pods.': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  'events.': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  'namespaces.': ['status.phase'],
  'nodes.': ['spec.unschedulable'],
  'secrets.': ['type'],
  'replicasets.apps': ['status.replicas'],
  'jobs.batch': ['status.successful'],
};

/** `metadata.name=x,status.phase!=Failed`; a field that the kind does not offer is 400, as in the real server. */
export function parseFieldSelector(text: string, resource: ResourceInfo): ObjectTest {
  const allowed = [...common, ...(fieldsByResource[`${resource.plural}.${resource.group}`] ?? [])];
  const tests = text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => parseFieldTerm(part, text, allowed));
  return (object) => tests.every((test) => test(object));
}

function parseFieldTerm(part: string, whole: string, allowed: readonly string[]): ObjectTest {
  const term = /^(?<field>[^=!]+)(?<operator>==|=|!=)(?<value>.*)$/u.exec(part)?.groups;
  if (!term) throw badRequest(`invalid selector: '${whole}'; can't understand '${part}'`);
  const field = String(term['field']);
  if (!allowed.includes(field)) throw badRequest(`field label not supported: ${field}`);
  const path = field === 'source' ? ['source', 'component'] : field.split('.');
  return (object) => {
    const found = at(object, ...path);
    const text =
      typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
        ? String(found)
        : fallback(field);
    return (text === term['value']) === (term['operator'] !== '!=');
  };
}

/** What an absent field counts as: booleans are false. */
function fallback(field: string): string {
  return field === 'spec.hostNetwork' || field === 'spec.unschedulable' ? 'false' : '';
}
