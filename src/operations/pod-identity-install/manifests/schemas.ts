/** Schemas of the custom resources of AAD Pod Identity v1.8.17 (OpenAPI v3, structural). */

export type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' } as const;
const whole = { type: 'integer' } as const;
const anyObject = { type: 'object' } as const;
const int32 = { type: 'integer', format: 'int32' } as const;
const optionalInt32 = { ...int32, nullable: true } as const;

function object(properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema {
  return { type: 'object', properties, ...more };
}

/** A whole resource: what every kind has, its spec and its status. */
function resource(spec: Schema, status: Schema, more: Schema = {}): Schema {
  return object({ apiVersion: text, kind: text, metadata: anyObject, spec, status }, more);
}

const replicaStatus = object({ availableReplicas: int32, metadata: anyObject });

const identitySpec = object({
  adEndpoint: text,
  adResourceID: text,
  auxiliaryTenantIDs: { type: 'array', items: text, nullable: true },
  clientID: text,
  clientPassword: object({ name: text, namespace: text }),
  metadata: anyObject,
  replicas: optionalInt32,
  resourceID: text,
  tenantID: text,
  type: whole,
});

const bindingSpec = object({ azureIdentity: text, metadata: anyObject, selector: text, weight: whole });

/** MIC copies the whole identity and the whole binding into an assignment. */
const embedded = { 'x-kubernetes-embedded-resource': true } as const;

export const identitySchema = resource(identitySpec, replicaStatus);

export const bindingSchema = resource(bindingSpec, replicaStatus);

export const assignedSchema = resource(
  object({
    azureBindingRef: resource(bindingSpec, replicaStatus, embedded),
    azureIdentityRef: resource(identitySpec, replicaStatus, embedded),
    metadata: anyObject,
    nodename: text,
    pod: text,
    podNamespace: text,
    replicas: optionalInt32,
  }),
  object({ availableReplicas: int32, metadata: anyObject, status: text }),
);

export const exceptionSchema = resource(
  object({ metadata: anyObject, podLabels: { type: 'object', additionalProperties: text } }),
  object({ metadata: anyObject, status: text }),
);
