/** Who can hold a role: applications' service principals, managed identities, clusters' own identities. */
import { stableGuid } from '../../scenario/ids.ts';
import type { Scenario } from '../../scenario/types.ts';
import { sameText } from './resource-id.ts';
import type { Cluster, Identity } from './world.ts';

export interface Principal {
  readonly name: string;
  readonly objectId: string;
  readonly clientId: string;
  readonly tenantId: string;
  /** What Microsoft Graph calls it. */
  readonly kind: 'Application' | 'ManagedIdentity';
  /** May ask Microsoft Graph: a member of the Entra role Directory Readers. */
  readonly readsDirectory: boolean;
  /** When it came into being, in milliseconds; with the sandbox where it is left out. */
  readonly since?: number;
}

/** The principal of a user-assigned identity. */
export function principalOf({ name, principalId, clientId, tenantId }: Identity): Principal {
  return { name, objectId: principalId, clientId, tenantId, kind: 'ManagedIdentity', readsDirectory: false };
}

export function collectPrincipals(
  scenario: Scenario,
  identities: readonly Identity[],
  clusters: readonly Cluster[],
): readonly Principal[] {
  const applications = scenario.tenants.flatMap((tenant) =>
    tenant.applications.map(({ name, objectId, clientId, directoryReader }): Principal => ({
      name,
      objectId,
      clientId,
      tenantId: tenant.id,
      kind: 'Application',
      readsDirectory: directoryReader,
    })),
  );
  const managed = identities.map(principalOf);
  const systemAssigned = clusters
    .filter(({ spec }) => spec.identityType === 'SystemAssigned')
    .map((cluster): Principal => ({
      name: cluster.name,
      objectId: systemIdentityOf(cluster.id),
      clientId: stableGuid('system identity', cluster.id, 'client'),
      tenantId: cluster.tenantId,
      kind: 'ManagedIdentity',
      readsDirectory: false,
    }));
  return [...applications, ...managed, ...systemAssigned];
}

/** Object id of a resource's system-assigned identity. */
export function systemIdentityOf(resourceId: string): string {
  return stableGuid('system identity', resourceId);
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Narrows values of unknown type only: a text that is no GUID is still a text. */
export function isGuid(value: unknown): value is string {
  return typeof value === 'string' && hasGuidForm(value);
}

export function hasGuidForm(text: string): boolean {
  return guid.test(text);
}

/** Object id of a principal that a scenario names; ids of principals that no longer exist are allowed. @throws Error */
export function principalIdOf(principals: readonly Principal[], nameOrId: string): string {
  if (hasGuidForm(nameOrId)) return nameOrId;
  const found = principals.find(({ name }) => sameText(name, nameOrId));
  if (!found) throw new Error(`There is no application or identity "${nameOrId}".`);
  return found.objectId;
}
