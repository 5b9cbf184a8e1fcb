import { sameIgnoringCase } from '../runtime/text.ts';

/** An ARM resource id taken apart. */
export interface ResourceId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** `Microsoft.KeyVault/vaults` */
  readonly type: string;
  readonly name: string;
}

/**
 * What a name holds becomes part of the address of a request: no part may lead anywhere else, begin a query or be taken
 * for an escape.
 */
export const SAFE_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[^/?#%<>\\\p{Cc}\p{Cs}]+)+\/?$/u;

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
export const GROUP_NAME = /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u;

const RESOURCE_ID = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)\/?$/i;

/** Undefined where the text is no id of a resource directly in a resource group. */
export function parseResourceId(text: string): ResourceId | undefined {
  if (!SAFE_PATH.test(text)) return undefined;
  const [, subscriptionId, resourceGroup, type, name] = RESOURCE_ID.exec(text) ?? [];
  if (subscriptionId === undefined || resourceGroup === undefined || type === undefined || name === undefined)
    return undefined;
  return { subscriptionId, resourceGroup, type, name };
}

export function subscriptionScope(subscriptionId: string): string {
  return `/subscriptions/${subscriptionId}`;
}

export function resourceGroupScope(subscriptionId: string, resourceGroup: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
}

/** Azure answers with `resourcegroups` or `resourceGroups` as it pleases; ids that people see are written one way. */
export function canonicalResourceId(id: string): string {
  const parsed = parseResourceId(id);
  if (!parsed) return id;
  return `${resourceGroupScope(parsed.subscriptionId, parsed.resourceGroup)}/providers/${parsed.type}/${parsed.name}`;
}

/** True when what is granted at `outer` also holds at `inner` (the same scope included). */
export function covers(outer: string, inner: string): boolean {
  const [wide, narrow] = [outer, inner].map((scope) => scope.toLowerCase().replace(/\/+$/, ''));
  if (wide === undefined || narrow === undefined) return false;
  return wide === '' || narrow === wide || narrow.startsWith(`${wide}/`);
}

export function sameScope(left: string, right: string): boolean {
  return sameIgnoringCase(left.replace(/\/+$/, ''), right.replace(/\/+$/, ''));
}
