import type { KubeKind } from '../../../kube/kinds.ts';
import { groupOf, kinds } from '../../../kube/kinds.ts';
import { definitionName } from '../../../kube/waits/served.ts';
import type { Manifest, ManifestOptions } from './manifest.ts';
import { commonLabels } from './manifest.ts';
import type { Schema } from './schemas.ts';
import { assignedSchema, bindingSchema, exceptionSchema, identitySchema } from './schemas.ts';

/** The kinds that an installation defines: assignments are between MIC and NMI. */
export function definedKinds({ installMode }: Pick<ManifestOptions, 'installMode'>): readonly KubeKind[] {
  return [
    kinds.azureIdentity,
    kinds.azureIdentityBinding,
    ...(installMode === 'standard' ? [kinds.azureAssignedIdentity] : []),
    kinds.azurePodIdentityException,
  ];
}

/** The custom resource definitions, apiextensions.k8s.io/v1. */
export function definitions(options: ManifestOptions): readonly Manifest[] {
  const defined = definedKinds(options);
  return shapes
    .filter(({ kind }) => defined.includes(kind))
    .map(({ kind, schema, columns = [] }) => definition(kind, { schema, columns, labels: commonLabels(options) }));
}

const age = column('Age', '.metadata.creationTimestamp', 'date');

const shapes: readonly { readonly kind: KubeKind; readonly schema: Schema; readonly columns?: readonly Schema[] }[] = [
  {
    kind: kinds.azureIdentity,
    schema: identitySchema,
    columns: [column('Type', '.spec.type', 'string'), column('ClientID', '.spec.clientID', 'string'), age],
  },
  {
    kind: kinds.azureIdentityBinding,
    schema: bindingSchema,
    columns: [
      column('AzureIdentity', '.spec.azureIdentity', 'string'),
      column('Selector', '.spec.selector', 'string'),
      age,
    ],
  },
  { kind: kinds.azureAssignedIdentity, schema: assignedSchema },
  { kind: kinds.azurePodIdentityException, schema: exceptionSchema },
];

function column(name: string, jsonPath: string, type: string): Schema {
  return { name, jsonPath, type };
}

interface Definition {
  readonly schema: Schema;
  readonly columns: readonly Schema[];
  readonly labels: Readonly<Record<string, string>>;
}

function definition(kind: KubeKind, { schema, columns, labels }: Definition): Manifest {
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: schema },
    ...(columns.length === 0 ? {} : { additionalPrinterColumns: columns }),
  };
  const object = {
    apiVersion: kinds.customResourceDefinition.apiVersion,
    kind: kinds.customResourceDefinition.kind,
    metadata: {
      name: definitionName(kind),
      labels,
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
