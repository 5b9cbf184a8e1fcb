/** Applies one object as `kubectl apply` does on the client's side. */
import { isObject, type JsonObject, type Manifest, toJson } from './json.ts';
import type { Objects } from './objects.ts';
import { threeWayPatch } from './three-way-merge.ts';

export type Applied = 'created' | 'configured' | 'unchanged';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Groups whose types the API server merges strategically; all others are custom resources. */
const builtInGroups = [
  /^v1$/,
  /^(apps|batch|policy|autoscaling)\//,
  /^(admissionregistration|certificates|coordination|discovery|events|networking|node|rbac\.authorization|scheduling|storage)\.k8s\.io\//,
];

/** @throws what the API server refuses, in its words. */
export async function apply(objects: Objects, manifest: Manifest): Promise<Applied> {
  const modified = annotate(manifest);
  const current = await objects.read(manifest);
  if (!current) {
    await objects.create(modified);
    return 'created';
  }
  const strategic = builtInGroups.some((group) => group.test(manifest.apiVersion));
  const original = lastAppliedOf(current);
  const patch = threeWayPatch({ original, modified: toJson(modified), current: toJson(current), strategic });
  if (!patch) return 'unchanged';
  await objects.patch(addressed(patch, manifest), strategic);
  return 'configured';
}

/** The patch with the fields that say which object it is for. */
function addressed(patch: JsonObject, { apiVersion, kind, metadata }: Manifest): Manifest {
  const changed = isObject(patch['metadata']) ? patch['metadata'] : {};
  const { name, namespace } = metadata;
  return {
    ...patch,
    apiVersion,
    kind,
    metadata: { ...changed, name, ...(namespace === undefined ? {} : { namespace }) },
  };
}

function annotate(manifest: Manifest): Manifest {
  const given = Object.entries(manifest.metadata.annotations ?? {}).filter(([name]) => name !== lastApplied);
  const annotations = Object.fromEntries(given);
  const text = `${JSON.stringify({ ...manifest, metadata: { ...manifest.metadata, annotations } })}\n`;
  return { ...manifest, metadata: { ...manifest.metadata, annotations: { ...annotations, [lastApplied]: text } } };
}

function lastAppliedOf({ metadata }: Manifest): JsonObject | undefined {
  const text = metadata.annotations?.[lastApplied];
  return text === undefined ? undefined : (JSON.parse(text) as JsonObject);
}
