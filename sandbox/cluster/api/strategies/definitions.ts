/** CustomResourceDefinitions: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation. */
import type { KubeObject } from '../../../contracts.ts';
import type { FieldErrors } from '../field-errors.ts';
import { fillIn, isRecord, recordAt, recordsAt, same, stringAt, stringsAt, type Draft, type Json } from '../json.ts';
import { label1035Problem, subdomainProblem } from '../names.ts';
import type { StrategyParts } from './strategy.ts';

const APPROVAL = 'api-approved.kubernetes.io';

const definition: StrategyParts = {
  countsGenerations: true,
  initialStatus: (draft) => ({
    // As the real server answers before its controllers looked at it.
    conditions: null,
    acceptedNames: { kind: '', plural: '' },
    storedVersions: recordsAt(draft, 'spec', 'versions')
      .filter((version) => version['storage'] === true)
      .map((version) => version['name']),
  }),
  defaults: (draft) => {
    const spec = recordAt(draft, 'spec');
    fillIn(spec, { conversion: { strategy: 'None' } });
    const { names } = spec;
    if (!isRecord(names)) return;
    const kind = stringAt(names, 'kind');
    fillIn(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
  },
  validate: (draft, errors) => {
    const spec = recordAt(draft, 'spec');
    const group = stringAt(spec, 'group');
    const names = recordAt(spec, 'names');
    validateGroup(draft, group, errors);
    validateNames(names, errors);
    const wantedName = `${stringAt(names, 'plural')}.${group}`;
    if (stringAt(draft, 'metadata', 'name') !== wantedName) {
      errors.invalid('metadata.name', stringAt(draft, 'metadata', 'name'), 'must be spec.names.plural+"."+spec.group');
    }
    if (!['Cluster', 'Namespaced'].includes(stringAt(spec, 'scope')))
      errors.notSupported('spec.scope', spec['scope'], ['Cluster', 'Namespaced']);
    validateVersions(recordsAt(spec, 'versions'), errors);
  },
  validateUpdate: (draft, current, errors) => {
    for (const field of ['scope', 'group']) {
      if (recordAt(draft, 'spec')[field] !== recordAt(current, 'spec')[field])
        errors.invalid(`spec.${field}`, recordAt(draft, 'spec')[field], 'field is immutable');
    }
    namesAreImmutable(draft, current, errors);
  },
};

/** Groups of the Kubernetes community need an approval, or the annotation that says there is none. */
function validateGroup(draft: Draft, group: string, errors: FieldErrors): void {
  if (group === '') errors.required('spec.group');
  const problem = subdomainProblem(group);
  if (group !== '' && problem !== undefined) errors.invalid('spec.group', group, problem);
  const guarded = /(^|\.)(k8s|kubernetes)\.io$/u.test(group);
  if (!guarded) return;
  const approval = stringAt(draft, 'metadata', 'annotations', APPROVAL);
  const field = `metadata.annotations[${APPROVAL}]`;
  if (approval === '') {
    errors.required(
      field,
      'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    );
  } else if (!approval.startsWith('unapproved') && !URL.canParse(approval)) {
    errors.invalid(
      field,
      approval,
      'protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111',
    );
  }
}

function validateNames(names: Json, errors: FieldErrors): void {
  for (const field of ['plural', 'kind']) {
    const name = stringAt(names, field);
    if (name === '') errors.required(`spec.names.${field}`);
    const problem = name === '' ? undefined : label1035Problem(name.toLowerCase());
    if (problem !== undefined) errors.invalid(`spec.names.${field}`, name, problem);
  }
  for (const [index, name] of stringsAt(names, 'shortNames').entries()) {
    const problem = label1035Problem(name);
    if (problem !== undefined) errors.invalid(`spec.names.shortNames[${index}]`, name, problem);
  }
}

function validateVersions(versions: readonly Json[], errors: FieldErrors): void {
  if (versions.length === 0) {
    errors.invalid('spec.versions', [], 'must have exactly one version marked as storage version');
    return;
  }
  const storage = versions.filter((version) => version['storage'] === true);
  if (storage.length !== 1)
    errors.invalid('spec.versions', versions, 'must have exactly one version marked as storage version');
  for (const [index, version] of versions.entries()) {
    const field = `spec.versions[${index}]`;
    const schema = recordAt(version, 'schema')['openAPIV3Schema'];
    if (!isRecord(schema)) errors.required(`${field}.schema.openAPIV3Schema`, 'schemas are required');
    else validateSchema(schema, `${field}.schema.openAPIV3Schema`, errors);
  }
}

/** Structural schemas: the root is an object, and every value has a type. */
function validateSchema(schema: Json, field: string, errors: FieldErrors): void {
  if (schema['type'] !== 'object') errors.invalid(`${field}.type`, schema['type'] ?? '', 'must be object at the root');
  validateTypes(schema, field, errors);
}

function validateTypes(schema: Json, field: string, errors: FieldErrors): void {
  const typeless =
    schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema['type'] === undefined && !typeless)
    errors.required(`${field}.type`, 'must not be empty for specified object fields');
  for (const [name, property] of Object.entries(recordAt(schema, 'properties'))) {
    if (isRecord(property)) validateTypes(property, `${field}.properties[${name}]`, errors);
  }
  const { items, additionalProperties } = schema;
  if (schema['type'] === 'array' && !isRecord(items)) errors.required(`${field}.items`, 'must be specified');
  if (isRecord(items)) validateTypes(items, `${field}.items`, errors);
  if (isRecord(additionalProperties)) validateTypes(additionalProperties, `${field}.additionalProperties`, errors);
}

function namesAreImmutable(draft: Draft, current: KubeObject, errors: FieldErrors): void {
  const established = recordsAt(current, 'status', 'conditions').some(
    (condition) => condition['type'] === 'Established' && condition['status'] === 'True',
  );
  if (!established) return;
  const before = recordAt(current, 'spec', 'names');
  const after = recordAt(draft, 'spec', 'names');
  for (const field of ['plural', 'kind']) {
    if (!same(before[field], after[field])) errors.invalid(`spec.names.${field}`, after[field], 'field is immutable');
  }
}

export const definitionStrategies: Readonly<Record<string, StrategyParts>> = {
  'customresourcedefinitions.apiextensions.k8s.io': definition,
};
