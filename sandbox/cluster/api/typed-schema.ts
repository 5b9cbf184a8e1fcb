/**
 * Schemas of the built-in kinds, taken from the type maps that @kubernetes/client-node was generated with (Kubernetes'
 * own OpenAPI document), so that no field list is kept by hand.
 */
import * as models from '@kubernetes/client-node';

export type FieldType =
  | { readonly is: 'string' | 'date' | 'integer' | 'number' | 'boolean' | 'intOrString' | 'any' }
  | { readonly is: 'list'; readonly of: FieldType }
  | { readonly is: 'map'; readonly of: FieldType }
  | { readonly is: 'struct'; readonly name: string };

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

const structs = new Map<string, ReadonlyMap<string, FieldType>>();

/** The fields of a model class by JSON name. */
export function fieldsOf(model: string): ReadonlyMap<string, FieldType> {
  const known = structs.get(model);
  if (known) return known;
  const attributes = attributesOf(model) ?? [];
  const fields = new Map(attributes.map((attribute) => [attribute.baseName, typeOf(attribute.type, attribute.format)]));
  structs.set(model, fields);
  return fields;
}

export function structType(model: string): FieldType {
  return { is: 'struct', name: model };
}

function attributesOf(model: string): readonly Attribute[] | undefined {
  const found = (models as unknown as Record<string, { attributeTypeMap?: readonly Attribute[] } | undefined>)[model];
  return found?.attributeTypeMap;
}

function typeOf(type: string, format: string): FieldType {
  const list = wrapped(type, /^Array<(?<of>.*)>$/u);
  if (list !== undefined) return { is: 'list', of: typeOf(list, format) };
  const map = wrapped(type, /^\{ \[key: string\]: (?<of>.*); \}$/u);
  if (map !== undefined) return { is: 'map', of: typeOf(map, format) };
  if (type === 'number') return { is: format === 'double' ? 'number' : 'integer' };
  return scalars[type] ?? (attributesOf(type) ? { is: 'struct', name: type } : { is: 'any' });
}

function wrapped(type: string, pattern: RegExp): string | undefined {
  return pattern.exec(type)?.groups?.['of'];
}

const scalars: Readonly<Record<string, FieldType>> = {
  string: { is: 'string' },
  boolean: { is: 'boolean' },
  Date: { is: 'date' },
  V1MicroTime: { is: 'date' },
  IntOrString: { is: 'intOrString' },
  any: { is: 'any' },
};

/**
 * Lists that are merged by key instead of being replaced, by model and field: `patchMergeKey` and `x-kubernetes-list-map-keys`
 * of the OpenAPI document. The first key is the one of strategic merge patches, all of them together that of server-side apply.
 */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  'V1PodSpec.containers': ['name'],
  'V1PodSpec.initContainers': ['name'],
  'V1PodSpec.ephemeralContainers': ['name'],
  'V1PodSpec.volumes': ['name'],
  'V1PodSpec.imagePullSecrets': ['name'],
  'V1PodSpec.hostAliases': ['ip'],
  'V1PodSpec.resourceClaims': ['name'],
  'V1PodSpec.topologySpreadConstraints': ['topologyKey', 'whenUnsatisfiable'],
  'V1PodStatus.conditions': ['type'],
  'V1PodStatus.podIPs': ['ip'],
  'V1PodStatus.hostIPs': ['ip'],
  'V1Container.env': ['name'],
  'V1Container.ports': ['containerPort', 'protocol'],
  'V1Container.volumeMounts': ['mountPath'],
  'V1Container.volumeDevices': ['devicePath'],
  'V1EphemeralContainer.env': ['name'],
  'V1EphemeralContainer.ports': ['containerPort', 'protocol'],
  'V1EphemeralContainer.volumeMounts': ['mountPath'],
  'V1EphemeralContainer.volumeDevices': ['devicePath'],
  'V1ServiceSpec.ports': ['port', 'protocol'],
  'V1ServiceStatus.conditions': ['type'],
  'V1ServiceAccount.secrets': ['name'],
  'V1ServiceAccount.imagePullSecrets': ['name'],
  'V1NodeSpec.taints': ['key', 'effect'],
  'V1NodeStatus.conditions': ['type'],
  'V1NodeStatus.addresses': ['type'],
  'V1NamespaceStatus.conditions': ['type'],
  'V1DeploymentStatus.conditions': ['type'],
  'V1DaemonSetStatus.conditions': ['type'],
  'V1ReplicaSetStatus.conditions': ['type'],
  'V1StatefulSetStatus.conditions': ['type'],
  'V1ReplicationControllerStatus.conditions': ['type'],
  'V1JobStatus.conditions': ['type'],
  'V1PodDisruptionBudgetStatus.conditions': ['type'],
  'V1CustomResourceDefinitionStatus.conditions': ['type'],
  'V1ObjectMeta.ownerReferences': ['uid'],
  'V1MutatingWebhookConfiguration.webhooks': ['name'],
  'V1ValidatingWebhookConfiguration.webhooks': ['name'],
};

/** Lists whose items are a set of scalars: merged by value. */
const sets = new Set(['V1ObjectMeta.finalizers', 'V1PodSecurityContext.supplementalGroups']);

/** Fields that have one owner as a whole, although they are objects (`x-kubernetes-map-type: atomic`). */
const atomicStructs = new Set([
  'V1LabelSelector',
  'V1NodeSelector',
  'V1NodeSelectorTerm',
  'V1LocalObjectReference',
  'V1ObjectReference',
  'V1TypedLocalObjectReference',
  'V1ObjectFieldSelector',
  'V1ResourceFieldSelector',
  'V1SecretKeySelector',
  'V1ConfigMapKeySelector',
  'V1SecretReference',
  'V1RoleRef',
]);
const atomicMaps = new Set([
  'V1PodSpec.nodeSelector',
  'V1ServiceSpec.selector',
  'V1ReplicationControllerSpec.selector',
]);

export type ListMerge =
  { readonly by: 'keys'; readonly keys: readonly string[] } | { readonly by: 'value' } | { readonly by: 'replace' };

export function listMergeOf(model: string, field: string): ListMerge {
  const name = `${model}.${field}`;
  const keys = mergeKeys[name];
  if (keys) return { by: 'keys', keys };
  return sets.has(name) ? { by: 'value' } : { by: 'replace' };
}

export function isAtomic(model: string, field: string, type: FieldType): boolean {
  if (type.is === 'struct') return atomicStructs.has(type.name);
  return type.is === 'map' && atomicMaps.has(`${model}.${field}`);
}
