import type { KubeKind } from '../../../kube/kinds.ts';
import { groupOf, kinds } from '../../../kube/kinds.ts';
import { definitionName } from '../../../kube/waits/served.ts';
import type { Manifest } from './manifest.ts';
import { commonLabels } from './manifest.ts';
import type { Schema } from './schemas.ts';
import { assignedSchema, bindingSchema, exceptionSchema, identitySchema } from './schemas.ts';

/** The kinds that the installation defines. */
export const definedKinds = [
  kinds.azureIdentity,
  kinds.azureIdentityBinding,
  kinds.azureAssignedIdentity,
  kinds.azurePodIdentityException,
] as const;

/** The four custom resource definitions, apiextensions.k8s.io/v1. */
export function definitions(): readonly Manifest[] {
  return [
    definition(kinds.azureIdentity, identitySchema, [
      column('Type', '.spec.type', 'string'),
      column('ClientID', '.spec.clientID', 'string'),
      column('Age', '.metadata.creationTimestamp', 'date'),
    ]),
    definition(kinds.azureIdentityBinding, bindingSchema, [
      column('AzureIdentity', '.spec.azureIdentity', 'string'),
      column('Selector', '.spec.selector', 'string'),
      column('Age', '.metadata.creationTimestamp', 'date'),
    ]),
    definition(kinds.azureAssignedIdentity, assignedSchema),
    definition(kinds.azurePodIdentityException, exceptionSchema),
  ];
}

function column(name: string, jsonPath: string, type: string): Schema {
  return { name, jsonPath, type };
}

function definition(kind: KubeKind, openAPIV3Schema: Schema, columns: readonly Schema[] = []): Manifest {
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema },
    ...(columns.length === 0 ? {} : { additionalPrinterColumns: columns }),
  };
  const object = {
    apiVersion: kinds.customResourceDefinition.apiVersion,
    kind: kinds.customResourceDefinition.kind,
    metadata: {
      name: definitionName(kind),
      labels: commonLabels,
      // Groups under k8s.io are protected: without this the API server takes no definition.
      annotations: { 'api-approved.kubernetes.io': 'unapproved' },
    },
    spec: {
      group: groupOf(kind),
      scope: 'Namespaced',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
      },
      versions: [version],
    },
  };
  return { kind: kinds.customResourceDefinition, object };
}
