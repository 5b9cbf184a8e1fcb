import { createHash } from 'node:crypto';

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/** Namespace of the `guid()` function of ARM templates and Bicep. */
const ARM_GUID_NAMESPACE = '11fb06fb-712d-4ddd-98c7-e71bbd588830';

/**
 * What `guid(a, b, c)` gives in an ARM template or in Bicep: a version 5 UUID (RFC 9562) of the values joined by `-`.
 * A role assignment that a user's template made under this name is therefore found and not doubled.
 */
export function armGuid(...values: readonly string[]): string {
  const namespace = Buffer.from(ARM_GUID_NAMESPACE.replaceAll('-', ''), 'hex');
  const hash = createHash('sha1').update(namespace).update(values.join('-')).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.subarray(0, 16).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
