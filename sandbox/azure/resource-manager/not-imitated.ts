/** Operations that the real service has and the sandbox does not: they must not look like the service's own 405. */
import { notImitated } from '../../kit/http-server.ts';
import { resourceTypes } from '../state/resource-id.ts';
import { versions } from './api-versions.ts';
import type { ApiVersions, Route } from './route.ts';

const group = '/subscriptions/{subscription}/resourceGroups/{group}';

const missing: readonly { method: Route['method']; pattern: string; versions: ApiVersions; file: string }[] = [
  on('DELETE', 'cluster', versions.managedClusters, 'managed-cluster-writes'),
  ...write('PUT', 'DELETE').map((method) => on(method, 'scaleSet', versions.scaleSets, 'scale-sets')),
  ...write('PUT', 'PATCH', 'DELETE').map((method) => ({
    method,
    pattern: group,
    versions: versions.resources,
    file: 'subscriptions',
  })),
];

export const notImitatedRoutes: readonly Route[] = missing.map(({ method, pattern, versions: accepted, file }) => ({
  method,
  pattern,
  versions: accepted,
  handle: ({ path }) => notImitated(`${method} ${path}`, `sandbox/azure/resource-manager/${file}.ts`),
}));

function write(...methods: readonly Route['method'][]): readonly Route['method'][] {
  return methods;
}

function on(
  method: Route['method'],
  kind: keyof typeof resourceTypes,
  accepted: ApiVersions,
  file: string,
): (typeof missing)[number] {
  return { method, pattern: `${group}/providers/${resourceTypes[kind]}/{name}`, versions: accepted, file };
}
