/** Where the service shows more, or less, than the vendored specifications say: by file and definition, with the source. */
import type { SwaggerSchema } from './document.ts';

export interface Addition {
  /** The first API version that shows it; every version where it is left out. */
  readonly since?: string;
  readonly schema: SwaggerSchema;
}

export interface Deviation {
  readonly properties: Readonly<Record<string, Addition>>;
  /** Required by the specification, and yet left out by the service. */
  readonly optional?: readonly string[];
}

const text = { type: 'string' };

const deviations: Readonly<Record<string, Deviation>> = {
  // azure-mgmt-containerservice 33.0.0 on PyPI, v2024_09_01: the first stable version with both.
  'managedClusters.json#ManagedCluster': { properties: { eTag: { since: '2024-09-01', schema: text } } },
  'managedClusters.json#ManagedClusterProperties': {
    properties: {
      nodeResourceGroupProfile: {
        since: '2024-09-01',
        schema: { type: 'object', properties: { restrictionLevel: text } },
      },
    },
  },
  // "List Azure role definitions" shows both; azure-mgmt-authorization 4.0 on PyPI has them from this version on.
  'authorization-RoleDefinitionsCalls.json#Permission': {
    properties: {
      condition: { since: '2022-05-01', schema: text },
      conditionVersion: { since: '2022-05-01', schema: text },
    },
  },
  // @azure/arm-msi 2.2.0, whose API version this is.
  'ManagedIdentity.json#UserAssignedIdentityProperties': {
    properties: { isolationScope: { since: '2024-11-30', schema: text } },
  },
  // Answers of the service in public write-ups and in azure-cli: `count` is there, and nextLink only where pages follow.
  'subscriptions.json#SubscriptionListResult': {
    properties: {
      count: { schema: { type: 'object', properties: { type: text, value: { type: 'integer' } } } },
    },
    optional: ['nextLink'],
  },
};

/**
 * Azure Kubernetes Service writes its own refusals without the frame `error`, with `details`, `subcode` and, newer, `target`.
 * Source: answers of the service in issues of terraform-provider-azurerm and cluster-api-provider-azure.
 */
export const flatRefusals = /^(ManagedClusters|AgentPools)_/;

/** Operation and status that have a body, although the specification says none. */
export const extraBodies: readonly string[] = [
  // azure-cli's recording test_aks_run_command.yaml: id and provisioningState while the command runs.
  'ManagedClusters_GetCommandResult 202',
];

/** Undefined where the specification is right. `file` is a path. */
export function deviationOf(file: string, definition: string): Deviation | undefined {
  return deviations[`${file.split('/').at(-1) ?? ''}#${definition}`];
}

/** How many additions the version has: versions with as many have the same ones. */
export function eraOf(version: string): number {
  const dates = Object.values(deviations).flatMap(({ properties }) =>
    Object.values(properties).map(({ since }) => since ?? ''),
  );
  return dates.filter((since) => since <= version.slice(0, 10)).length;
}
