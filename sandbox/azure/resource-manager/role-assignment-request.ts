/** What a PUT of a role assignment asks for, checked in the service's order. */
import { InvalidCondition } from '../authorization/condition/condition.ts';
import { parseCondition } from '../authorization/condition/parse.ts';
import { hasGuidForm, isGuid } from '../state/principals.ts';
import { resourceTypes, sameText } from '../state/resource-id.ts';
import type { WantedAssignment } from '../state/role-assignments.ts';
import type { World } from '../state/world.ts';
import { armErrors } from './errors.ts';
import { ArmRefusal } from './refusal.ts';
import { assignableAt } from './role-definitions.ts';
import { param, type Call } from './route.ts';

interface Properties {
  readonly roleDefinitionId?: unknown;
  readonly principalId?: unknown;
  readonly principalType?: unknown;
  readonly description?: unknown;
  readonly condition?: unknown;
  readonly conditionVersion?: unknown;
  readonly delegatedManagedIdentityResourceId?: unknown;
}

/** @throws ArmRefusal 400, 403 or 404; NotImitatedCondition */
export function readAssignment(
  call: Call,
  requireRight: (attributes: Readonly<Record<string, string>>) => void,
): WantedAssignment {
  const [scope, name] = [param(call, 'scope'), param(call, 'name')];
  const properties = (call.body as { readonly properties?: Properties } | undefined)?.properties ?? {};
  const roleId = lastSegment(properties.roleDefinitionId);
  requireRight(assignmentAttributes({ ...properties, roleId }));
  requireResource(call.world, scope);
  if (!hasGuidForm(name)) {
    throw bad(
      'InvalidRoleAssignmentId',
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    );
  }
  const role = assignableAt(call.world, scope).find(({ id }) => sameText(id, roleId));
  if (!role) {
    throw bad(
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${roleId.replaceAll('-', '')}' does not exist.`,
    );
  }
  return {
    name,
    scope,
    roleId: role.id,
    ...readPrincipal(call, properties),
    ...readCondition(properties),
    createdBy: call.caller.objectId,
    ...texts(properties),
  };
}

/** What conditions may ask about. A principal type that nobody said is not there for them (assumed). */
export function assignmentAttributes(assignment: {
  readonly roleId: string;
  readonly principalId?: unknown;
  readonly principalType?: unknown;
}): Readonly<Record<string, string>> {
  const { roleId, principalId, principalType } = assignment;
  const type = 'microsoft.authorization/roleassignments';
  return Object.fromEntries(
    Object.entries({ roledefinitionid: roleId, principalid: principalId, principaltype: principalType }).flatMap(
      ([name, value]) => (typeof value === 'string' ? [[`${type}:${name}`, value]] : []),
    ),
  );
}

function lastSegment(id: unknown): string {
  return typeof id === 'string' ? (id.split('/').at(-1) ?? '') : '';
}

function readPrincipal(
  { world, caller }: Call,
  { principalId, principalType }: Properties,
): Pick<WantedAssignment, 'principalId' | 'principalType'> {
  if (!isGuid(principalId)) {
    throw bad(
      'InvalidPrincipalId',
      `The Principal ID '${String(principalId)}' is not valid. Principal ID must be a GUID.`,
    );
  }
  const found = world.principals.find(
    ({ objectId, tenantId }) => sameText(objectId, principalId) && tenantId === caller.tenantId,
  );
  const delay = world.delays.ofPrincipal(principalId, typeof principalType === 'string');
  if (!found || world.now() < (found.since ?? world.startedAt) + delay) {
    throw bad(
      'PrincipalNotFound',
      `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${caller.tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
    );
  }
  if (typeof principalType === 'string' && !sameText(principalType, 'ServicePrincipal')) {
    throw bad(
      'UnmatchedPrincipalType',
      `The PrincipalId '${principalId.replaceAll('-', '')}' has type 'ServicePrincipal' , which is different from specified PrinciaplType '${principalType}'.`,
    );
  }
  return { principalId, principalType: 'ServicePrincipal' };
}

/** Text: "Troubleshoot Azure role assignment conditions"; the code is the sandbox's own. Only version 2.0 is accepted. */
function readCondition({ condition, conditionVersion }: Properties): Partial<WantedAssignment> {
  if (typeof condition !== 'string' || condition === '') return {};
  try {
    if (conditionVersion !== '2.0') throw new InvalidCondition('conditionVersion must be 2.0.');
    parseCondition(condition);
  } catch (error) {
    if (!(error instanceof InvalidCondition)) throw error;
    throw bad('InvalidCondition', `The given role assignment condition is invalid. ${error.message}`);
  }
  return { condition, conditionVersion };
}

function texts(properties: Properties): Partial<WantedAssignment> {
  const { description, delegatedManagedIdentityResourceId } = properties;
  const given = { description, delegatedManagedIdentityResourceId };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => typeof value === 'string'));
}

const resourceScope = /^\/subscriptions\/[^/]+\/resourcegroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)/i;

/** What a resource contains (one secret of a vault) need not exist, the resource must. */
function requireResource(world: World, scope: string): void {
  const [id, group = '', type = '', name = ''] = resourceScope.exec(scope) ?? [];
  if (id === undefined || !Object.values(resourceTypes).some((known) => sameText(known, type))) return;
  const all = [...world.clusters, ...world.identities, ...world.vaults.all(), ...world.scaleSets];
  if (!all.some((resource) => sameText(resource.id, id))) throw armErrors.resourceNotFound(`${type}/${name}`, group);
}

function bad(code: string, message: string): ArmRefusal {
  return new ArmRefusal(400, code, message);
}
