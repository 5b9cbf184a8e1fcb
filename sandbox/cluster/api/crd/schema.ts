/** The structural schema of a custom resource, and small readers of it. */
import { at, isRecord, type Json } from '../json.ts';
import type { CustomResource } from '../registry.ts';

export function openApiSchemaOf(resource: CustomResource): Json | undefined {
  const schema = at(resource.versionSpec, 'schema', 'openAPIV3Schema');
  return isRecord(schema) ? schema : undefined;
}

export function propertiesOf(schema: Json | undefined): Readonly<Record<string, Json>> {
  const properties = schema?.['properties'];
  return isRecord(properties) ? (properties as Record<string, Json>) : {};
}

/** The schema of values that no property names; undefined where there is none. */
export function additionalOf(schema: Json | undefined): Json | undefined {
  const additional = schema?.['additionalProperties'];
  if (additional === true) return { 'x-kubernetes-preserve-unknown-fields': true };
  return isRecord(additional) ? additional : undefined;
}

export function itemsOf(schema: Json | undefined): Json | undefined {
  const items = schema?.['items'];
  return isRecord(items) ? items : undefined;
}

export function preservesUnknown(schema: Json | undefined): boolean {
  return schema === undefined || schema['x-kubernetes-preserve-unknown-fields'] === true;
}

export function isEmbeddedResource(schema: Json | undefined): boolean {
  return schema?.['x-kubernetes-embedded-resource'] === true;
}
