import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { isGuid } from '../runtime/guid.ts';
import { listOf, sameIgnoringCase } from '../runtime/text.ts';
import { armFailure } from './arm-error.ts';
import { nearestNames } from './nearest-names.ts';
import { subscriptionScope } from './resource-id.ts';
import { builtInRoles } from './roles.ts';
import type { AzureSession } from './session.ts';
import { clientOptions } from './session.ts';

export interface Role {
  /** GUID of the role definition. */
  readonly id: string;
  readonly name: string;
}

/**
 * Roles by name, GUID or full definition id, by the text that names them. Built-in roles that the tasks know cost no
 * request; all others together cost one list. @throws DiagnosticError GRA001 with the nearest names
 */
export async function findRoles(session: AzureSession, texts: readonly string[]): Promise<ReadonlyMap<string, Role>> {
  const found = new Map<string, Role>();
  const open: string[] = [];
  for (const text of new Set(texts)) {
    const known = knownRole(text);
    if (known) found.set(text, known);
    else open.push(text);
  }
  if (open.length === 0) return found;
  const definitions = await listRoles(session, open);
  const unknown = open.filter((text) => !definitions.some(({ name }) => sameIgnoringCase(name, text)));
  if (unknown.length > 0) throw unknownRoles(unknown, definitions, session.subscriptionId);
  for (const text of open) {
    const role = definitions.find(({ name }) => sameIgnoringCase(name, text));
    if (role) found.set(text, role);
  }
  return found;
}

function knownRole(text: string): Role | undefined {
  const last = text.split('/').at(-1) ?? text;
  if (isGuid(last)) {
    const name = Object.entries(builtInRoles).find(([, id]) => sameIgnoringCase(id, last))?.[0];
    return { id: last.toLowerCase(), name: name ?? last };
  }
  const known = Object.entries(builtInRoles).find(([name]) => sameIgnoringCase(name, text));
  return known && { name: known[0], id: known[1] };
}

async function listRoles(session: AzureSession, names: readonly string[]): Promise<readonly Role[]> {
  const { AuthorizationManagementClient } = await import('@azure/arm-authorization');
  const client = new AuthorizationManagementClient(session.credential, session.subscriptionId, clientOptions(session));
  const roles: Role[] = [];
  try {
    for await (const { name, roleName } of client.roleDefinitions.list(subscriptionScope(session.subscriptionId)))
      if (name !== undefined && roleName !== undefined) roles.push({ id: name, name: roleName });
  } catch (error) {
    const doing = `look up the role ${listOf(names.map((name) => `"${name}"`))}`;
    throw armFailure(error, doing, new URL(session.connection.cloud.resourceManager).host);
  }
  return roles;
}

function unknownRoles(
  unknown: readonly string[],
  definitions: readonly Role[],
  subscriptionId: string,
): DiagnosticError {
  const names = definitions.map(({ name }) => name);
  const lines = unknown.map((text) => {
    const nearest = nearestNames(text, names);
    const hint = nearest.length === 0 ? '' : ` Nearest: ${listOf(nearest, 'or')}.`;
    return `The role "${text}" does not exist in subscription ${subscriptionId}.${hint}`;
  });
  return new DiagnosticError('GRA001', { message: lines.join('\n') });
}
