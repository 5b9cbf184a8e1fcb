import { covers } from '../../azure/resource-id.ts';
import type { AzureSession } from '../../azure/session.ts';
import { clientOptions } from '../../azure/session.ts';
import { builtInRoles } from '../../azure/roles.ts';
import type { Vault } from '../../azure/vault.ts';
import type { VaultChoice } from '../../azure/vault-lookup.ts';
import { findVault } from '../../azure/vault-lookup.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { GrantFact, VaultFact } from '../facts.ts';

/** Object id and secret that the question is about. */
export interface Refused {
  readonly objectId: string | undefined;
  /** Empty where no secret is named: a grant on any one of them counts. */
  readonly secretName: string;
}

/** What Azure says of the vault and of the identity's right to read. Everything here is optional: no right to look is `unknown`. */
export async function vaultAccess(azure: AzureSession, choice: VaultChoice, refused: Refused): Promise<VaultFact> {
  try {
    const vault = await findVault(azure, choice);
    return { known: true, vault, grant: await grantOf(azure, vault, refused) };
  } catch (error) {
    if (error instanceof DiagnosticError) return { known: false, because: error.message };
    throw error;
  }
}

/** The right of one object id to read one secret, or any where no name is given. */
export async function grantOf(
  azure: AzureSession,
  vault: Vault,
  { objectId, secretName }: Refused,
): Promise<GrantFact> {
  if (objectId === undefined) return { state: 'unknown', because: 'the object id that asked is not known' };
  if (vault.model === 'accessPolicy') return policyGrant(vault.policies, objectId);
  try {
    return roleGrant(await roleIds(azure, { vault: vault.resourceId, secretName, objectId }));
  } catch (error) {
    // An SDK error, whatever it is: the question is a help for the message, never a reason to fail.
    return { state: 'unknown', because: error instanceof Error ? error.message.slice(0, 200) : String(error) };
  }
}

export function policyGrant(
  policies: readonly {
    readonly objectId: string;
    readonly applicationId?: string;
    readonly secrets: readonly string[];
  }[],
  objectId: string,
): GrantFact {
  const own = policies.filter((each) => each.objectId.toLowerCase() === objectId.toLowerCase());
  const reads = own.filter(({ secrets }) => secrets.includes('get') || secrets.includes('all'));
  if (reads.some(({ applicationId }) => applicationId === undefined)) {
    return { state: 'granted', by: 'an access policy with get for secrets' };
  }
  return { state: reads.length > 0 ? 'compound' : 'none' };
}

const readingRoles: ReadonlyMap<string, string> = new Map([
  [builtInRoles['Key Vault Secrets User'], 'Key Vault Secrets User'],
  [builtInRoles['Key Vault Secrets Officer'], 'Key Vault Secrets Officer'],
  ['00482a5a-887f-4fb3-b363-3b7fe8e74483', 'Key Vault Administrator'],
]);

/** Built-in roles without getSecret; any other role may carry it. */
const otherRoles: ReadonlySet<string> = new Set(Object.values(builtInRoles).filter((id) => !readingRoles.has(id)));

export function roleGrant(roleIds: readonly string[]): GrantFact {
  const reading = roleIds.map((id) => readingRoles.get(id.toLowerCase())).find((name) => name !== undefined);
  if (reading !== undefined) return { state: 'granted', by: `the role ${reading}` };
  const unsure = roleIds.some((id) => !otherRoles.has(id.toLowerCase()));
  return unsure ? { state: 'unknown', because: 'a role of the identity may carry getSecret' } : { state: 'none' };
}

/** Ids of the roles that the principal has at the secret or above. */
async function roleIds(
  azure: AzureSession,
  { vault, secretName, objectId }: { readonly vault: string; readonly secretName: string; readonly objectId: string },
): Promise<readonly string[]> {
  const { AuthorizationManagementClient } = await import('@azure/arm-authorization');
  const client = new AuthorizationManagementClient(azure.credential, azure.subscriptionId, clientOptions(azure));
  const found: string[] = [];
  // `principalId eq` gives assignments at, above and below the vault in one answer.
  const pages = client.roleAssignments.listForScope(vault, { filter: `principalId eq '${objectId}'` });
  for await (const { scope, roleDefinitionId } of pages) {
    const single = secretName === '' && covers(`${vault}/secrets`, scope ?? '');
    if (scope !== undefined && (single || covers(scope, `${vault}/secrets/${secretName}`))) {
      found.push(roleDefinitionId?.split('/').at(-1) ?? '');
    }
  }
  return found;
}
