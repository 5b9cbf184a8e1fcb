import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { isGuid } from '../runtime/guid.ts';
import { count, listOf, sameIgnoringCase } from '../runtime/text.ts';
import { armFailure, armRefusal } from './arm-error.ts';
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

/** A role as a line of `grants` names it, and the subscription in which it is granted. */
export interface WantedRole {
  /** Name, GUID, or full id of the definition. */
  readonly text: string;
  readonly subscriptionId: string;
}

/**
 * The roles, in the order of the question. Built-in roles that the tasks know cost no request. All others that are
 * given by name cost one list for each subscription, in the whole run; those given by id one request each, or none
 * where there is a list. @throws DiagnosticError GRA001 with the nearest names
 */
export async function findRoles(session: AzureSession, wanted: readonly WantedRole[]): Promise<readonly Role[]> {
  const bySubscription = new Map<string, WantedRole[]>();
  for (const each of wanted) {
    if (knownRole(each.text)) continue;
    const key = each.subscriptionId.toLowerCase();
    bySubscription.set(key, [...(bySubscription.get(key) ?? []), each]);
  }
  const found = await Promise.all(
    [...bySubscription].map(async ([key, roles]) => {
      const texts = [...new Set(roles.map(({ text }) => text))];
      return [key, await lookUp(session, roles[0]?.subscriptionId ?? key, texts)] as const;
    }),
  );
  const lookups = new Map(found);
  return wanted.map(({ text, subscriptionId }) => {
    return knownRole(text) ?? lookups.get(subscriptionId.toLowerCase())?.get(text) ?? { id: text, name: text };
  });
}

/** A role of the table of built-in ones, by name or id. */
function knownRole(text: string): Role | undefined {
  const id = guidOf(text);
  const known = Object.entries(builtInRoles).find(([name, known]) => sameIgnoringCase(id ?? text, id ? known : name));
  return known && { name: known[0], id: known[1] };
}

/** Of a GUID or a full id, whose last part it is. */
function guidOf(text: string): string | undefined {
  const last = text.split('/').at(-1) ?? text;
  return isGuid(last) ? last.toLowerCase() : undefined;
}

async function lookUp(
  session: AzureSession,
  subscriptionId: string,
  texts: readonly string[],
): Promise<ReadonlyMap<string, Role>> {
  const byName = texts.some((text) => guidOf(text) === undefined);
  const roles = byName
    ? await listRoles(session, subscriptionId, texts)
    : await readRoles(session, subscriptionId, texts);
  const found = texts.map((text) => [text, roles.find((role) => isNamed(role, text))] as const);
  const unknown = found.flatMap(([text, role]) => (role ? [] : [text]));
  if (unknown.length > 0) throw unknownRoles(unknown, await listRoles(session, subscriptionId, texts), subscriptionId);
  return new Map(found.flatMap(([text, role]) => (role ? [[text, role] as const] : [])));
}

function isNamed({ id, name }: Role, text: string): boolean {
  return sameIgnoringCase(guidOf(text) ?? text, guidOf(text) ? id : name);
}

type ListedRole = Role & { readonly custom: boolean };

/** Asked once for each subscription, however many clusters a run has. */
function listRoles(
  session: AzureSession,
  subscriptionId: string,
  texts: readonly string[],
): Promise<readonly ListedRole[]> {
  return session.once(`roles of ${subscriptionId.toLowerCase()}`, () => requestRoles(session, subscriptionId, texts));
}

async function requestRoles(
  session: AzureSession,
  subscriptionId: string,
  texts: readonly string[],
): Promise<readonly ListedRole[]> {
  const client = await openClient(session);
  const roles: ListedRole[] = [];
  // Custom roles that can be assigned in some resource groups only are below the subscription.
  const options = { filter: 'atScopeAndBelow()' };
  try {
    for await (const { name, roleName, roleType } of client.roleDefinitions.list(
      subscriptionScope(subscriptionId),
      options,
    ))
      if (name !== undefined && roleName !== undefined)
        roles.push({ id: name, name: roleName, custom: roleType === 'CustomRole' });
  } catch (error) {
    throw lookupFailure(session, error, texts);
  }
  return roles;
}

/** By id; where the connection may not read definitions, as with roles at resource groups only, the id is taken as it is. */
async function readRoles(
  session: AzureSession,
  subscriptionId: string,
  texts: readonly string[],
): Promise<readonly Role[]> {
  const client = await openClient(session);
  const ids = [...new Set(texts.map((text) => guidOf(text) ?? text))];
  const found = await Promise.all(
    ids.map(async (id): Promise<Role | undefined> => {
      try {
        const { roleName } = await client.roleDefinitions.get(subscriptionScope(subscriptionId), id);
        return { id, name: roleName ?? id };
      } catch (error) {
        const status = armRefusal(error)?.status;
        if (status === 403) return { id, name: id };
        if (status === 404) return undefined;
        throw lookupFailure(session, error, [id]);
      }
    }),
  );
  return found.filter((each) => each !== undefined);
}

function lookupFailure(session: AzureSession, error: unknown, texts: readonly string[]): DiagnosticError {
  const doing = `look up the role ${listOf(texts.map((text) => `"${text}"`))}`;
  return armFailure(error, doing, new URL(session.connection.cloud.resourceManager).host);
}

async function openClient(session: AzureSession): Promise<AuthorizationManagementClient> {
  const { AuthorizationManagementClient } = await import('@azure/arm-authorization');
  return new AuthorizationManagementClient(session.credential, session.subscriptionId, clientOptions(session));
}

function unknownRoles(
  unknown: readonly string[],
  definitions: readonly ListedRole[],
  subscriptionId: string,
): DiagnosticError {
  const lines = unknown.map((text) => {
    const what = `The role "${text}" does not exist in subscription ${subscriptionId}.`;
    return [what, ...hint(text, definitions)].join(' ');
  });
  return new DiagnosticError('GRA001', { message: lines.join('\n') });
}

/** Names that are like it; an id is like nothing, so for one it is what can be given by id and not by a known name. */
function hint(text: string, definitions: readonly ListedRole[]): readonly string[] {
  if (guidOf(text) === undefined) {
    const names = nearestNames(
      text,
      definitions.map(({ name }) => name),
    );
    return names.length === 0 ? [] : [`Nearest: ${listOf(names, 'or')}.`];
  }
  const custom = definitions.filter((each) => each.custom).map(({ id, name }) => `${name} (${id})`);
  const shown = custom.length === 0 ? 'no custom role' : `custom: ${listOf(custom.slice(0, 5))}`;
  return [`Found: ${count(definitions.length, 'role')}, ${shown}.`];
}
