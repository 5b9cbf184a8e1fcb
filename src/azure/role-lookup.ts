import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { isGuid } from '../runtime/guid.ts';
import { sameIgnoringCase } from '../runtime/text.ts';
import { armFailure } from './arm-error.ts';
import { subscriptionScope } from './resource-id.ts';
import { builtInRoles } from './roles.ts';
import type { AzureSession } from './session.ts';
import { clientOptions } from './session.ts';

export interface Role {
  /** GUID of the role definition. */
  readonly id: string;
  readonly name: string;
}

/** A role by name, GUID or full definition id. Built-in roles that the tasks know cost no request. @throws DiagnosticError GRA001 */
export async function findRole(session: AzureSession, text: string): Promise<Role> {
  const last = text.split('/').at(-1) ?? text;
  if (isGuid(last)) {
    const name = Object.entries(builtInRoles).find(([, id]) => sameIgnoringCase(id, last))?.[0];
    return { id: last.toLowerCase(), name: name ?? last };
  }
  const known = Object.entries(builtInRoles).find(([name]) => sameIgnoringCase(name, text));
  if (known) return { name: known[0], id: known[1] };
  return findByName(session, text);
}

async function findByName(session: AzureSession, name: string): Promise<Role> {
  const { AuthorizationManagementClient } = await import('@azure/arm-authorization');
  const client = new AuthorizationManagementClient(session.credential, session.subscriptionId, clientOptions(session));
  try {
    const filter = `roleName eq '${name.replaceAll("'", "''")}'`;
    for await (const role of client.roleDefinitions.list(subscriptionScope(session.subscriptionId), { filter })) {
      if (role.name !== undefined) return { id: role.name, name: role.roleName ?? name };
    }
  } catch (error) {
    throw armFailure(error, `look up the role "${name}"`, new URL(session.connection.cloud.resourceManager).host);
  }
  throw new DiagnosticError('GRA001', {
    message: `The role "${name}" does not exist in subscription ${session.subscriptionId}.`,
  });
}
