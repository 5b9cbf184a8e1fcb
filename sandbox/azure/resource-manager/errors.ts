/** Texts of Azure Resource Manager's refusals, as the service writes them. */
import type { DenyAssignment } from '../state/deny-assignments.ts';
import { ArmRefusal } from './refusal.ts';

export interface Caller {
  readonly objectId: string;
  readonly clientId: string;
  readonly tenantId: string;
}

const subject = ({ clientId, objectId }: Caller): string => `The client '${clientId}' with object id '${objectId}'`;

export const armErrors = {
  missingApiVersion: (): ArmRefusal =>
    new ArmRefusal(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    ),
  invalidApiVersion: (version: string, supported: readonly string[]): ArmRefusal =>
    new ArmRefusal(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are '${supported.join(',')}'.`,
    ),
  methodNotAllowed: (method: string): ArmRefusal =>
    new ArmRefusal(405, 'MethodNotAllowed', `The requested resource does not support http method '${method}'.`),
  invalidBody: (message: string): ArmRefusal => new ArmRefusal(400, 'InvalidRequestContent', message),
  subscriptionNotFound: (id: string): ArmRefusal =>
    new ArmRefusal(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`),
  groupNotFound: (name: string): ArmRefusal =>
    new ArmRefusal(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`),
  resourceNotFound: (typeAndName: string, group: string): ArmRefusal =>
    new ArmRefusal(
      404,
      'ResourceNotFound',
      `The Resource '${typeAndName}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    ),
  // Only writing role assignments can fail by a condition; elsewhere the text speaks of the scope.
  authorizationFailed: (caller: Caller, action: string, scope: string): ArmRefusal =>
    new ArmRefusal(
      403,
      'AuthorizationFailed',
      /\/roleAssignments\/(write|delete)$/i.test(action)
        ? `${subject(caller)} does not have authorization (or an ABAC condition not fulfilled) to perform action '${action}' over scope '${scope}'. If access was recently granted, please refresh your credentials.`
        : `${subject(caller)} does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    ),
  linkedAuthorizationFailed: (
    caller: Caller,
    done: { readonly action: string; readonly scope: string },
    linked: string,
  ): ArmRefusal =>
    new ArmRefusal(
      403,
      'LinkedAuthorizationFailed',
      `${subject(caller)} has permission to perform action '${done.action}' on scope '${done.scope}'; however, it does not have permission to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '${linked}' or the linked scope(s) are invalid.`,
    ),
  denied: (caller: Caller, done: { readonly action: string; readonly scope: string }, by: DenyAssignment): ArmRefusal =>
    new ArmRefusal(
      403,
      'DenyAssignmentAuthorizationFailed',
      `${subject(caller)} has permission to perform action '${done.action}' on scope '${done.scope}'; however, the access is denied because of the deny assignment with name '${by.name}' and Id '${by.id.replaceAll('-', '')}' at scope '${by.scope}'.`,
    ),
  scopeLocked: (scope: string, operation: 'write' | 'delete', locked: readonly string[]): ArmRefusal =>
    new ArmRefusal(
      409,
      'ScopeLocked',
      `The scope '${scope}' cannot perform ${operation} operation because following scope(s) are locked: '${locked.join("','")}'. Please remove the lock and try again.`,
    ),
};
