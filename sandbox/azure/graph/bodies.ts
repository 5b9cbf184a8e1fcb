/** Directory objects as Microsoft Graph v1.0 writes them, with the properties that its documentation calls default. */
import type { Principal } from '../state/principals.ts';
import { namesOf } from './filter.ts';

export function servicePrincipalBody(principal: Principal): object {
  const { objectId, clientId, name, tenantId, kind } = principal;
  return {
    id: objectId,
    deletedDateTime: null,
    accountEnabled: true,
    alternativeNames: [],
    appDisplayName: kind === 'Application' ? name : null,
    appId: clientId,
    appOwnerOrganizationId: kind === 'Application' ? tenantId : null,
    appRoleAssignmentRequired: false,
    displayName: name,
    servicePrincipalNames: namesOf(principal),
    servicePrincipalType: kind,
    signInAudience: kind === 'Application' ? 'AzureADMyOrg' : null,
    tags: [],
  };
}
