import { armRefusal } from '../../azure/arm-error.ts';
import type { DiagnosticCode } from '../../diagnostics/catalogue.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import { own } from '../../runtime/json.ts';
import type { RoleAssignmentSpec } from './spec.ts';

const codes: Readonly<Record<string, DiagnosticCode>> = {
  PrincipalNotFound: 'GRA003',
  RoleAssignmentUpdateNotPermitted: 'GRA004',
  RoleAssignmentLimitExceeded: 'GRA005',
  RoleDefinitionDoesNotExist: 'GRA001',
  UnmatchedPrincipalType: 'GRA011',
  InvalidPrincipalId: 'GRA011',
  // All else of the request is checked or made here: what is left is the object id.
  BadRequestFormat: 'GRA011',
};

/** As in "Cannot ...". */
export function grantDoing({ roleName, principalLabel, scope }: RoleAssignmentSpec): string {
  return `grant ${roleName} to ${principalLabel} at ${scope}`;
}

/** What only a refused role assignment can mean; undefined where the refusal is one of any request. */
export function refusedGrant(error: unknown, spec: RoleAssignmentSpec, name: string): DiagnosticError | undefined {
  const refusal = armRefusal(error);
  const code = refusal && own(codes, refusal.code);
  if (!code) return undefined;
  const id = `${spec.scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
  const fixes: Partial<Record<DiagnosticCode, string | undefined>> = {
    GRA003: spec.principalHint,
    GRA004: `Look whose it is and delete the orphaned assignment: az role assignment delete --ids "${id}".`,
  };
  const fix = fixes[code];
  return new DiagnosticError(
    code,
    {
      message: `Cannot ${grantDoing(spec)}: ${refusal.code}.`,
      ...(fix === undefined ? {} : { fix }),
      detail: refusal.message,
    },
    { cause: error },
  );
}

/** A 403 although the caller's roles carry the action: a condition on its own role assignment decides which roles it may give. */
export function constrainedGrant(error: unknown, spec: RoleAssignmentSpec, doing: string): DiagnosticError {
  const message = `Cannot ${doing}: the service connection may assign roles here, but a condition on its own role assignment does not allow this role (${spec.roleName}, ${spec.roleId}) or this principal (${spec.principalId}).`;
  return new DiagnosticError('GRA009', { message, detail: armRefusal(error)?.message ?? '' }, { cause: error });
}

/** Of the equal assignment that a 409 RoleAssignmentExists tells of; it writes the GUID without dashes. */
export function existingName(error: unknown): string | undefined {
  const hex = /\b([0-9a-f]{32})\b/i.exec(armRefusal(error)?.message ?? '')?.[1];
  return hex?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** 409 RoleAssignmentExists, and yet neither its id leads to it, nor does any list show an equal assignment. */
export function unseenGrant(error: unknown, spec: RoleAssignmentSpec): DiagnosticError {
  const detail = armRefusal(error)?.message ?? '';
  const name = existingName(error);
  const which = name === undefined ? 'an equal assignment' : `the equal assignment ${name}`;
  const message = `Cannot ${grantDoing(spec)}: Azure says that ${which} exists, but does not list it.`;
  return new DiagnosticError('GRA010', { message, detail }, { cause: error });
}
