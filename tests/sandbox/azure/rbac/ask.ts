/** A case's question, put to the decision itself and, where the sandbox has such a request, over HTTP. */
import { denialAt, isDataAllowed } from '../../../../sandbox/azure/authorization/decide.ts';
import { authorize } from '../../../../sandbox/azure/resource-manager/authorize.ts';
import { ArmRefusal } from '../../../../sandbox/azure/resource-manager/refusal.ts';
import { createWorld } from '../../../../sandbox/azure/state/world.ts';
import { assignmentPath, clusterId, vaultId, type Answered, type TestAzure } from '../world.ts';
import type { Outcome, RbacCase } from './case.ts';
import { existing, existingAssignment, scenarioOf } from './world.ts';

const outcomes: Readonly<Record<string, Outcome>> = {
  AuthorizationFailed: 'refused',
  DenyAssignmentAuthorizationFailed: 'denied',
  ScopeLocked: 'locked',
};

export function decide(test: RbacCase): Outcome {
  const scenario = scenarioOf(test);
  const world = createWorld(scenario);
  const { objectId, clientId } = scenario.tenants[0]!.applications.find(({ name }) => name === 'caller')!;
  const { action, dataAction, at, secret } = test.asks;
  if (dataAction !== undefined) {
    const scope = secret === undefined ? at : `${at}/secrets/${secret}`;
    const name = secret === undefined ? {} : { 'microsoft.keyvault/vaults/secrets:name': secret };
    const question = { objectId, action: dataAction, scope, attributes: { request: name, resource: name } };
    if (!isDataAllowed(world, question)) return 'refused';
    return denialAt(world, question, 'data') ? 'denied' : 'allowed';
  }
  try {
    const caller = { objectId, clientId, tenantId: scenario.tenants[0]!.id };
    authorize({ world, caller }, action!, scopeOf(test), attributesOf(test));
    return 'allowed';
  } catch (error) {
    if (error instanceof ArmRefusal) return outcomes[error.code]!;
    throw error;
  }
}

/** Role assignments are asked for at their own id. */
function scopeOf({ asks: { at, assignment } }: RbacCase): string {
  return assignment ? `${at}/providers/Microsoft.Authorization/roleAssignments/${existingAssignment}` : at;
}

function attributesOf({ asks: { action = '', assignment } }: RbacCase): object {
  if (!assignment) return {};
  const { role, principal, type } = assignment;
  const all = { roledefinitionid: role, principalid: principal, principaltype: type };
  const attributes = Object.fromEntries(
    Object.entries(all)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [`microsoft.authorization/roleassignments:${name}`, value]),
  );
  return action.endsWith('/delete') ? { resource: attributes } : { request: attributes };
}

type Send = (azure: TestAzure, test: RbacCase) => Promise<Answered>;

const as = { as: 'caller' };

/** What the sandbox answers to at these actions; all other actions are for the decision alone. */
const requests: Readonly<Record<string, Send>> = {
  'Microsoft.ContainerService/managedClusters/read': (azure) =>
    azure.arm('GET', `${clusterId}?api-version=2026-04-01`, as),
  'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action': (azure) =>
    azure.arm('POST', `${clusterId}/listClusterUserCredential?api-version=2026-04-01`, as),
  'Microsoft.KeyVault/vaults/accessPolicies/write': (azure) =>
    azure.arm('PUT', `${vaultId('kvpolicy')}/accessPolicies/add?api-version=2026-02-01`, { ...as, body: {} }),
  'Microsoft.ManagedIdentity/userAssignedIdentities/read': (azure, { asks: { at } }) =>
    azure.arm('GET', `${at}?api-version=2024-11-30`, as),
  'Microsoft.Resources/subscriptions/resourceGroups/read': (azure, { asks: { at } }) =>
    azure.arm('GET', `${at}?api-version=2021-04-01`, as),
  'Microsoft.Management/managementGroups/read': (azure, { asks: { at } }) =>
    azure.arm('GET', `${at}?api-version=2020-05-01`, as),
  'Microsoft.Authorization/roleAssignments/read': (azure, { asks: { at } }) =>
    azure.arm('GET', `${at}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`, as),
  'Microsoft.Authorization/roleAssignments/write': (azure, { asks: { at, assignment } }) =>
    azure.arm('PUT', assignmentPath(at, '88888888-8888-4888-8888-888888888888'), {
      ...as,
      body: {
        properties: {
          roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${assignment!.role}`,
          principalId: assignment!.principal ?? azure.principal('other').objectId,
          principalType: assignment!.type,
        },
      },
    }),
  'Microsoft.Authorization/roleAssignments/delete': (azure, { asks: { at } }) =>
    azure.arm('DELETE', assignmentPath(at, existingAssignment), as),
  'Microsoft.KeyVault/vaults/secrets/getSecret/action': (azure, { asks: { secret } }) =>
    azure.vault('kvroles', `/secrets/${secret!}?api-version=7.6`, as),
  'Microsoft.KeyVault/vaults/secrets/readMetadata/action': (azure) =>
    azure.vault('kvroles', '/secrets?api-version=7.6', as),
};

/** Undefined where the sandbox has no such request, or not in this case's world. */
export function requestOf(test: RbacCase): Send | undefined {
  const { action, dataAction } = test.asks;
  const isRemoval = action?.endsWith('roleAssignments/delete') === true;
  if (isRemoval && existing(test).length === 0) return undefined;
  return requests[action ?? dataAction ?? ''];
}

/** Whatever comes after the decision (a role that does not exist) means that it was allowed. */
export function outcomeOf({ outcome, message }: Answered): Outcome {
  const [status, code, inner] = outcome.split(' ');
  if (inner === 'ForbiddenByRbac') return message.includes('DenyAssignmentId: null') ? 'refused' : 'denied';
  return (status === '403' || status === '409' ? outcomes[code!] : undefined) ?? 'allowed';
}
