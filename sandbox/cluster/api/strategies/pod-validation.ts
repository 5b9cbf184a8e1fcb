/** Validation of pod specs as far as people get them wrong: k8s.io/kubernetes/pkg/apis/core/validation. */
import type { FieldErrors } from '../field-errors.ts';
import { isRecord, recordAt, recordsAt, stringAt, stringMapAt, type Json } from '../json.ts';
import { labelProblem } from '../names.ts';
import { canonicalQuantity } from '../quantity.ts';
import { validateLabels } from '../metadata.ts';

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

/** @param allowedRestarts the restart policies that this kind of workload permits */
export function validatePodTemplate(
  template: Json,
  field: string,
  errors: FieldErrors,
  allowedRestarts: readonly string[],
): void {
  validateLabels(stringMapAt(template, 'metadata', 'labels'), `${field}.labels`, errors);
  const spec = recordAt(template, 'spec');
  validatePodSpec(spec, `${field}.spec`, errors);
  const policy = spec['restartPolicy'];
  if (typeof policy === 'string' && !allowedRestarts.includes(policy)) {
    errors.notSupported(`${field}.spec.restartPolicy`, policy, allowedRestarts);
  }
}

export function validatePodSpec(spec: Json, field: string, errors: FieldErrors): void {
  const volumes = validateVolumes(spec, field, errors);
  const containers = recordsAt(spec, 'containers');
  if (containers.length === 0) errors.required(`${field}.containers`);
  const names = new Set<string>();
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const [index, container] of recordsAt(spec, list).entries()) {
      validateContainer(container, { field: `${field}.${list}[${index}]`, names, volumes }, errors);
    }
  }
  oneOf(spec['restartPolicy'], restartPolicies, `${field}.restartPolicy`, errors);
  oneOf(spec['dnsPolicy'], dnsPolicies, `${field}.dnsPolicy`, errors);
  for (const [index, toleration] of recordsAt(spec, 'tolerations').entries()) {
    validateToleration(toleration, `${field}.tolerations[${index}]`, errors);
  }
}

function oneOf(value: unknown, supported: readonly string[], field: string, errors: FieldErrors): void {
  if (typeof value === 'string' && !supported.includes(value)) errors.notSupported(field, value, supported);
}

function validateVolumes(spec: Json, field: string, errors: FieldErrors): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [index, volume] of recordsAt(spec, 'volumes').entries()) {
    const at = `${field}.volumes[${index}]`;
    const name = stringAt(volume, 'name');
    if (name === '') errors.required(`${at}.name`);
    else validateLabelName(name, `${at}.name`, errors);
    if (names.has(name)) errors.duplicate(`${at}.name`, name);
    names.add(name);
    if (isRecord(volume['hostPath']) && stringAt(volume, 'hostPath', 'path') === '')
      errors.required(`${at}.hostPath.path`);
  }
  return names;
}

function validateLabelName(name: string, field: string, errors: FieldErrors): void {
  const problem = labelProblem(name);
  if (problem !== undefined) errors.invalid(field, name, problem);
}

interface ContainerPlace {
  readonly field: string;
  /** Names of containers seen so far in this pod. */
  readonly names: Set<string>;
  readonly volumes: ReadonlySet<string>;
}

function validateContainer(container: Json, { field, names, volumes }: ContainerPlace, errors: FieldErrors): void {
  const name = stringAt(container, 'name');
  if (name === '') errors.required(`${field}.name`);
  else {
    validateLabelName(name, `${field}.name`, errors);
    if (names.has(name)) errors.duplicate(`${field}.name`, name);
  }
  names.add(name);
  if (stringAt(container, 'image') === '') errors.required(`${field}.image`);
  oneOf(container['imagePullPolicy'], pullPolicies, `${field}.imagePullPolicy`, errors);
  for (const [index, port] of recordsAt(container, 'ports').entries())
    validatePort(port, `${field}.ports[${index}]`, errors);
  for (const [index, variable] of recordsAt(container, 'env').entries()) {
    if (stringAt(variable, 'name') === '') errors.required(`${field}.env[${index}].name`);
  }
  for (const [index, mount] of recordsAt(container, 'volumeMounts').entries()) {
    const at = `${field}.volumeMounts[${index}]`;
    const volume = stringAt(mount, 'name');
    if (!volumes.has(volume)) errors.notFound(`${at}.name`, volume);
    if (stringAt(mount, 'mountPath') === '') errors.required(`${at}.mountPath`);
  }
  validateResources(recordAt(container, 'resources'), `${field}.resources`, errors);
}

function validatePort(port: Json, field: string, errors: FieldErrors): void {
  const number = port['containerPort'];
  if (typeof number !== 'number' || number === 0) errors.required(`${field}.containerPort`);
  else if (number < 1 || number > 65535)
    errors.invalid(`${field}.containerPort`, number, 'must be between 1 and 65535, inclusive');
  oneOf(port['protocol'], ['SCTP', 'TCP', 'UDP'], `${field}.protocol`, errors);
}

function validateResources(resources: Json, field: string, errors: FieldErrors): void {
  for (const list of ['limits', 'requests']) {
    for (const [name, value] of Object.entries(recordAt(resources, list))) {
      if (canonicalQuantity(String(value)) === undefined) {
        const rule = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
        errors.invalid(`${field}.${list}[${name}]`, value, rule);
      }
    }
  }
}

function validateToleration(toleration: Json, field: string, errors: FieldErrors): void {
  const operator = toleration['operator'] ?? 'Equal';
  if (stringAt(toleration, 'key') === '' && operator !== 'Exists') {
    errors.invalid(
      `${field}.operator`,
      operator,
      'operator must be Exists when `key` is empty, which means "match all values and all keys"',
    );
  }
  if (operator === 'Exists' && stringAt(toleration, 'value') !== '') {
    errors.invalid(`${field}.operator`, toleration, "value must be empty when `operator` is 'Exists'");
  }
  oneOf(toleration['effect'], ['NoSchedule', 'PreferNoSchedule', 'NoExecute'], `${field}.effect`, errors);
}
