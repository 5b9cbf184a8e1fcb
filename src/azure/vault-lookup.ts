import type { KeyVaultManagementContext } from '@azure/arm-keyvault/api';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { count, listOf, sameIgnoringCase } from '../runtime/text.ts';
import { armFailure, armRefusal } from './arm-error.ts';
import { inSubscriptions } from './in-subscriptions.ts';
import { GROUP_NAME, parseResourceId } from './resource-id.ts';
import type { AzureSession } from './session.ts';
import { clientOptions } from './session.ts';
import { visibleSubscriptions } from './subscription-list.ts';
import type { Vault } from './vault.ts';
import { describeVault } from './vault.ts';

/** How the input `keyVault` names a vault. */
export type VaultChoice =
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'group'; readonly resourceGroup: string; readonly name: string; readonly subscriptionId?: string };

const VAULT_NAME = /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/;

/** A name, `resourceGroup/name` or a resource id; undefined where it is none of them. */
export function parseVaultChoice(text: string): VaultChoice | undefined {
  if (text.startsWith('/')) return parseVaultId(text);
  const [first = '', second, ...more] = text.split('/');
  if (more.length > 0 || !VAULT_NAME.test(second ?? first)) return undefined;
  if (second === undefined) return { by: 'name', name: first };
  return GROUP_NAME.test(first) ? { by: 'group', resourceGroup: first, name: second } : undefined;
}

function parseVaultId(text: string): VaultChoice | undefined {
  const id = parseResourceId(text);
  const isVault =
    id !== undefined && sameIgnoringCase(id.type, 'Microsoft.KeyVault/vaults') && VAULT_NAME.test(id.name);
  if (!isVault) return undefined;
  return { by: 'group', resourceGroup: id.resourceGroup, name: id.name, subscriptionId: id.subscriptionId };
}

/**
 * Finds the vault. One request where it is in the connection's subscription or given by its id; otherwise one for the
 * list of subscriptions, one for each further subscription, and one for each again to look among the deleted vaults.
 * @throws DiagnosticError KVT001 when there is none, KVT003 in another tenant, KVT005 when it is deleted
 */
export async function findVault(session: AzureSession, choice: VaultChoice): Promise<Vault> {
  const lookup = new VaultLookup(session, choice);
  try {
    return await lookup.find();
  } catch (error) {
    throw lookup.failure(error);
  }
}

class VaultLookup {
  readonly #session: AzureSession;
  readonly #choice: VaultChoice;
  /** Of the connection's subscription, for the message. */
  readonly #names: string[] = [];

  constructor(session: AzureSession, choice: VaultChoice) {
    this.#session = session;
    this.#choice = choice;
  }

  async find(): Promise<Vault> {
    const given = this.#choice.by === 'group' ? this.#choice.subscriptionId : undefined;
    const own = given ?? this.#session.subscriptionId;
    const found = await this.#look(own);
    if (found) return found;
    const { tenantId } = this.#session.connection;
    const visible = given === undefined ? await visibleSubscriptions(await this.#open(own), tenantId) : [];
    const others = visible.filter((id) => !sameIgnoringCase(id, own));
    const elsewhere = await inSubscriptions(others, async (id) => this.#look(id).catch(ignoreRefusal));
    if (elsewhere) return elsewhere;
    throw (await inSubscriptions([own, ...others], async (id) => this.#deleted(id))) ?? this.#missing(own, others);
  }

  failure(error: unknown): DiagnosticError {
    const { resourceManager } = this.#session.connection.cloud;
    const refusal = armRefusal(error);
    // ARM knows the subscription and says that it wants a token of another tenant.
    if (refusal?.code === 'InvalidAuthenticationTokenTenant') {
      const message = `The key vault ${this.#choice.name} is in a subscription of another tenant than the service connection.`;
      return new DiagnosticError('KVT003', { message, detail: refusal.message }, { cause: error });
    }
    return armFailure(error, `read the key vault ${this.#choice.name}`, new URL(resourceManager).host);
  }

  /** Undefined where it is not in the subscription. */
  async #look(subscriptionId: string): Promise<Vault | undefined> {
    const context = await this.#open(subscriptionId);
    const { get, listBySubscription } = await import('@azure/arm-keyvault/api/vaults');
    const choice = this.#choice;
    if (choice.by === 'group') {
      try {
        return describeVault(await get(context, choice.resourceGroup, choice.name), subscriptionId);
      } catch (error) {
        if (armRefusal(error)?.status === 404) return undefined;
        throw error;
      }
    }
    for await (const vault of listBySubscription(context)) {
      const name = vault.name ?? '';
      if (sameIgnoringCase(name, choice.name)) return describeVault(vault, subscriptionId);
      if (sameIgnoringCase(subscriptionId, this.#session.subscriptionId)) this.#names.push(name);
    }
    return undefined;
  }

  /** Why it is not there, where it is among the deleted vaults, which not everybody may list. */
  async #deleted(subscriptionId: string): Promise<DiagnosticError | undefined> {
    const { listDeleted } = await import('@azure/arm-keyvault/api/vaults');
    try {
      for await (const { name = '', properties } of listDeleted(await this.#open(subscriptionId))) {
        if (!sameIgnoringCase(name, this.#choice.name)) continue;
        const purge = properties?.scheduledPurgeDate?.toISOString().slice(0, 10);
        const until = purge === undefined ? '' : `; Azure purges it on ${purge}`;
        return new DiagnosticError('KVT005', {
          message: `The key vault ${name} in subscription ${subscriptionId} is deleted${until}.`,
          fix: `Recover it with "az keyvault recover --subscription ${subscriptionId} --name ${name}" and run the step again; the task never recovers a vault itself. Role assignments on it are gone and are made anew.`,
        });
      }
    } catch (error) {
      ignoreRefusal(error);
    }
    return undefined;
  }

  #missing(own: string, others: readonly string[]): DiagnosticError {
    const { name } = this.#choice;
    const and =
      others.length === 0
        ? ''
        : ` and in ${count(others.length, 'other subscription')} that the service connection sees`;
    if (this.#choice.by === 'group')
      return new DiagnosticError('KVT001', {
        message: `The key vault ${name} does not exist in resource group ${this.#choice.resourceGroup} of subscription ${own}${and}.`,
      });
    const names = this.#names.slice(0, 10);
    const seen = names.length === 0 ? 'no vault at all is visible' : `visible: ${listOf(names)}`;
    return new DiagnosticError('KVT001', {
      message: `The key vault ${name} was not found (${seen}) in subscription ${own}${and}.`,
    });
  }

  async #open(subscriptionId: string): Promise<KeyVaultManagementContext> {
    const { createKeyVaultManagement } = await import('@azure/arm-keyvault/api');
    return createKeyVaultManagement(this.#session.credential, subscriptionId, clientOptions(this.#session));
  }
}

/** What ARM refuses only narrows a search; a network that fails ends it. */
function ignoreRefusal(error: unknown): undefined {
  if (!armRefusal(error)) throw error;
  return undefined;
}
