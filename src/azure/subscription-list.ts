import type { KeyVaultManagementContext } from '@azure/arm-keyvault/api';
import { sameIgnoringCase } from '../runtime/text.ts';

interface ListedSubscription {
  readonly subscriptionId?: string;
  readonly tenantId?: string;
  readonly state?: string;
}

interface Page {
  readonly value?: readonly ListedSubscription[];
  readonly nextLink?: string;
}

/**
 * Ids of the enabled subscriptions of a tenant that the connection holds any role in, by any client of Resource
 * Manager. Empty where the list is refused: it only widens a search.
 */
export async function visibleSubscriptions(
  context: Pick<KeyVaultManagementContext, 'pathUnchecked'>,
  tenantId: string,
): Promise<readonly string[]> {
  const found: string[] = [];
  let next = '/subscriptions?api-version=2022-12-01';
  while (next !== '') {
    const answer = await context.pathUnchecked(next).get();
    if (answer.status !== '200') return found;
    const { value = [], nextLink = '' } = answer.body as Page;
    for (const each of value) if (isUsable(each, tenantId)) found.push(each.subscriptionId ?? '');
    next = nextLink;
  }
  return found;
}

/** Subscriptions of other tenants are listed, too, where they are managed through Azure Lighthouse. */
function isUsable({ subscriptionId, tenantId: home, state }: ListedSubscription, tenantId: string): boolean {
  if (subscriptionId === undefined || state === 'Disabled' || state === 'Deleted') return false;
  return home === undefined || sameIgnoringCase(home, tenantId);
}
