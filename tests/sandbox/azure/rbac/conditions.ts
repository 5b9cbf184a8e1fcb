/** Conditions: delegated role assignments and names of secrets. */
import type { Holding, RbacCase } from './case.ts';
import {
  assign,
  dara,
  delegation,
  format,
  getSecret,
  marketing,
  readMetadata,
  roles,
  unassign,
  vault,
} from './fixtures.ts';
import { appGroup, subscription } from '../world.ts';

/** The two halves of the documented templates: writing asks about the request, deleting about what is there. */
function delegated(expression: (source: '@Request' | '@Resource') => string): string {
  return `((!(ActionMatches{'${assign}'})) OR (${expression('@Request')})) AND ((!(ActionMatches{'${unassign}'})) OR (${expression('@Resource')}))`;
}
const roleIn = (source: string, ...ids: readonly string[]): string =>
  `${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${ids.join(', ')}}`;
const backupRoles = (source: string): string => roleIn(source, roles.backupContributor, roles.backupReader);

const constrainRoles = delegated(backupRoles);
const constrainTypes = delegated(
  (source) =>
    `${backupRoles(source)} AND ${source}[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'User', 'Group'}`,
);
const constrainPrincipals = delegated(
  (source) =>
    `${backupRoles(source)} AND ${source}[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {${marketing}, 86951b8b-723a-407b-a74a-1bca3f0c95d0}`,
);
const allExcept = delegated(
  (source) =>
    `${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {${roles.owner}, ${roles.rbacAdministrator}, ${roles.userAccessAdministrator}}`,
);
const constrainAdding = `((!(ActionMatches{'${assign}'})) OR (${backupRoles('@Request')}))`;
const startsWithTestApp = `((!(ActionMatches{'${getSecret}'})) OR (@Resource[Microsoft.KeyVault/vaults/secrets:name] StringStartsWith 'test-app'))`;

const delegate = (condition: string): readonly Holding[] => [
  { role: 'Role Based Access Control Administrator', at: subscription, condition },
];

export const conditionCases: readonly RbacCase[] = [
  {
    title: 'Constrain roles: a listed role may be assigned',
    source: delegation,
    holds: delegate(constrainRoles),
    asks: { action: assign, at: appGroup, assignment: { role: roles.backupReader } },
    outcome: 'allowed',
  },
  {
    title: 'Constrain roles: another role may not',
    source: delegation,
    holds: delegate(constrainRoles),
    asks: { action: assign, at: appGroup, assignment: { role: roles.owner } },
    outcome: 'refused',
  },
  {
    title: 'Constrain roles: ids are compared in any letter case',
    source: format,
    holds: delegate(constrainRoles),
    asks: { action: assign, at: appGroup, assignment: { role: roles.backupReader.toUpperCase() } },
    outcome: 'allowed',
  },
  {
    title: 'Constrain roles: an assignment of a listed role may be removed',
    source: delegation,
    holds: delegate(constrainRoles),
    asks: { action: unassign, at: appGroup, assignment: { role: roles.backupContributor } },
    outcome: 'allowed',
  },
  {
    title: 'Constrain roles: an assignment of another role may not',
    source: delegation,
    holds: delegate(constrainRoles),
    asks: { action: unassign, at: appGroup, assignment: { role: roles.reader } },
    outcome: 'refused',
  },
  {
    title: 'Constrain roles: actions that the condition does not name are free',
    source: format,
    holds: delegate(constrainRoles),
    asks: { action: 'Microsoft.Authorization/roleAssignments/read', at: appGroup },
    outcome: 'allowed',
  },
  {
    title: 'Constrain roles and principal types: a listed type',
    source: delegation,
    holds: delegate(constrainTypes),
    asks: { action: assign, at: appGroup, assignment: { role: roles.backupReader, type: 'group' } },
    outcome: 'allowed',
  },
  {
    title: 'Constrain roles and principal types: another type',
    source: delegation,
    holds: delegate(constrainTypes),
    asks: { action: assign, at: appGroup, assignment: { role: roles.backupReader, type: 'ServicePrincipal' } },
    outcome: 'refused',
  },
  {
    title: 'Constrain roles and principal types: a type that is not said',
    source: `${delegation} (from memory: an attribute that is not there fulfils nothing)`,
    holds: delegate(constrainTypes),
    asks: { action: assign, at: appGroup, assignment: { role: roles.backupReader } },
    outcome: 'refused',
  },
  {
    title: 'Constrain roles and specific principals: a listed one',
    source: delegation,
    holds: delegate(constrainPrincipals),
    asks: { action: assign, at: appGroup, assignment: { role: roles.backupReader, principal: marketing } },
    outcome: 'allowed',
  },
  {
    title: 'Constrain roles and specific principals: another one',
    source: delegation,
    holds: delegate(constrainPrincipals),
    asks: { action: assign, at: appGroup, assignment: { role: roles.backupReader, principal: dara } },
    outcome: 'refused',
  },
  {
    title: 'Allow all except specific roles: a role that is not listed',
    source: delegation,
    holds: delegate(allExcept),
    asks: { action: assign, at: appGroup, assignment: { role: roles.acrPull } },
    outcome: 'allowed',
  },
  {
    title: 'Allow all except specific roles: a listed role',
    source: delegation,
    holds: delegate(allExcept),
    asks: { action: assign, at: appGroup, assignment: { role: roles.rbacAdministrator } },
    outcome: 'refused',
  },
  {
    title: 'Constrain add role assignments: every assignment may be removed',
    source: delegation,
    holds: delegate(constrainAdding),
    asks: { action: unassign, at: appGroup, assignment: { role: roles.owner } },
    outcome: 'allowed',
  },
  {
    title: 'Constrain add role assignments: adding another role may not',
    source: delegation,
    holds: delegate(constrainAdding),
    asks: { action: assign, at: appGroup, assignment: { role: roles.owner } },
    outcome: 'refused',
  },
  {
    title: 'a condition is not enforced where a second role grants the same without one',
    source: 'role-based-access-control/conditions-troubleshoot',
    holds: [...delegate(constrainRoles), { role: 'User Access Administrator', at: appGroup }],
    asks: { action: assign, at: appGroup, assignment: { role: roles.owner } },
    outcome: 'allowed',
  },
  {
    title: "Key Vault Data Access Administrator assigns the vault's data roles",
    source: 'role-based-access-control/built-in-roles/security',
    holds: [{ role: 'Key Vault Data Access Administrator', at: vault }],
    asks: { action: assign, at: vault, assignment: { role: roles.secretsUser } },
    outcome: 'allowed',
  },
  {
    title: 'Key Vault Data Access Administrator does not assign Key Vault Certificate User',
    source: 'role-based-access-control/built-in-roles/security',
    holds: [{ role: 'Key Vault Data Access Administrator', at: vault }],
    asks: { action: assign, at: vault, assignment: { role: roles.certificateUser } },
    outcome: 'refused',
  },
  {
    title: 'Key Vault Data Access Administrator does not assign Owner',
    source: 'role-based-access-control/built-in-roles/security',
    holds: [{ role: 'Key Vault Data Access Administrator', at: vault }],
    asks: { action: assign, at: vault, assignment: { role: roles.owner } },
    outcome: 'refused',
  },
  {
    title: 'a condition on names of secrets: a name that begins so',
    source: 'key-vault/general/howto-abac-conditions-cli',
    holds: [{ role: 'Key Vault Secrets User', at: appGroup, condition: startsWithTestApp }],
    asks: { dataAction: getSecret, at: vault, secret: 'test-app-secret1' },
    outcome: 'allowed',
  },
  {
    title: 'a condition on names of secrets: another name',
    source: 'key-vault/general/howto-abac-conditions-cli',
    holds: [{ role: 'Key Vault Secrets User', at: appGroup, condition: startsWithTestApp }],
    asks: { dataAction: getSecret, at: vault, secret: 'password' },
    outcome: 'refused',
  },
  {
    title: 'a condition on names of secrets: other actions are free',
    source: 'key-vault/general/howto-abac-conditions-cli',
    holds: [{ role: 'Key Vault Secrets User', at: appGroup, condition: startsWithTestApp }],
    asks: { dataAction: readMetadata, at: vault },
    outcome: 'allowed',
  },
];
