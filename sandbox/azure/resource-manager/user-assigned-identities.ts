/** Microsoft.ManagedIdentity/userAssignedIdentities */
import { resourceTypes, withLowerCaseGroups } from '../state/resource-id.ts';
import type { Identity } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { readRoutes } from './lookup.ts';
import type { Route } from './route.ts';

export const identityRoutes: readonly Route[] = readRoutes(
  'identity',
  versions.identities,
  ({ world }) => world.identities,
  identityBody,
);

export function identityBody({ id, name, location, tenantId, principalId, clientId, tags }: Identity): object {
  return {
    id: withLowerCaseGroups(id),
    name,
    type: resourceTypes.identity,
    location,
    tags,
    properties: { isolationScope: 'None', tenantId, principalId, clientId },
  };
}
