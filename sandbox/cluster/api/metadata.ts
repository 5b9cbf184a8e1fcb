/** Rules for metadata that hold for every kind. */
import type { KubeObject } from '../../contracts.ts';
import type { FieldErrors } from './field-errors.ts';
import { recordAt, recordsAt, stringAt, stringMapAt, stringsAt, type Draft } from './json.ts';
import {
  label1035Problem,
  labelProblem,
  labelValueProblem,
  pathSegmentProblem,
  qualifiedNameProblem,
  subdomainProblem,
} from './names.ts';
import type { ResourceInfo } from './resources.ts';

const ANNOTATIONS_LIMIT = 256 * 1024;

export function validateMetadata(draft: Draft, info: ResourceInfo, errors: FieldErrors): void {
  const name = stringAt(draft, 'metadata', 'name');
  if (name === '') errors.required('metadata.name', 'name or generateName is required');
  else {
    const problem = nameRule(info)(name);
    if (problem !== undefined) errors.invalid('metadata.name', name, problem);
  }
  validateLabels(stringMapAt(draft, 'metadata', 'labels'), 'metadata.labels', errors);
  validateAnnotations(stringMapAt(draft, 'metadata', 'annotations'), errors);
  for (const finalizer of stringsAt(draft, 'metadata', 'finalizers')) {
    const problem = qualifiedNameProblem(finalizer);
    if (problem !== undefined) errors.invalid('metadata.finalizers', finalizer, problem);
  }
  validateOwners(draft, errors);
}

function nameRule(info: ResourceInfo): (name: string) => string | undefined {
  if (info.group === 'rbac.authorization.k8s.io') return pathSegmentProblem;
  if (info.group !== '') return subdomainProblem;
  if (info.plural === 'namespaces') return labelProblem;
  return info.plural === 'services' ? label1035Problem : subdomainProblem;
}

export function validateLabels(labels: Readonly<Record<string, string>>, field: string, errors: FieldErrors): void {
  for (const [key, value] of Object.entries(labels)) {
    const keyProblem = qualifiedNameProblem(key);
    if (keyProblem !== undefined) errors.invalid(field, key, keyProblem);
    const valueProblem = labelValueProblem(value);
    if (valueProblem !== undefined) errors.invalid(field, value, valueProblem);
  }
}

function validateAnnotations(annotations: Readonly<Record<string, string>>, errors: FieldErrors): void {
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    size += key.length + Buffer.byteLength(value);
    const problem = qualifiedNameProblem(key.toLowerCase());
    if (problem !== undefined) errors.invalid('metadata.annotations', key, problem);
  }
  if (size > ANNOTATIONS_LIMIT)
    errors.invalid('metadata.annotations', '', `may not be more than ${ANNOTATIONS_LIMIT} bytes`);
}

function validateOwners(draft: Draft, errors: FieldErrors): void {
  for (const [index, owner] of recordsAt(draft, 'metadata', 'ownerReferences').entries()) {
    for (const field of ['apiVersion', 'kind', 'name', 'uid']) {
      if (stringAt(owner, field) !== '') continue;
      if (field === 'apiVersion')
        errors.invalid(`metadata.ownerReferences[${index}].${field}`, '', 'version must not be empty');
      else errors.invalid(`metadata.ownerReferences[${index}].${field}`, '', 'must not be empty');
    }
  }
}

export function validateMetadataUpdate(draft: Draft, current: KubeObject, errors: FieldErrors): void {
  if (stringAt(draft, 'metadata', 'name') !== current.metadata.name) {
    errors.invalid('metadata.name', draft.metadata['name'], 'field is immutable');
  }
  if (current.metadata.deletionTimestamp === undefined) return;
  const before = new Set(current.metadata.finalizers);
  const added = stringsAt(recordAt(draft, 'metadata'), 'finalizers').filter((finalizer) => !before.has(finalizer));
  if (added.length > 0) {
    const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
    errors.forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    );
  }
}
