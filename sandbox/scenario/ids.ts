/** Ids that a scenario leaves out, and secrets of one run. */
import { createHash, randomBytes, randomInt } from 'node:crypto';

/** A GUID (version 5, RFC 4122 layout) that depends on nothing but these names: the same in every run and on every machine. */
export function stableGuid(...names: readonly string[]): string {
  const hash = createHash('sha1')
    .update(JSON.stringify(['keyless-pods sandbox', ...names]))
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

const clientSecretCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-';

/** 40 characters in the form of Entra's client secrets: three characters, `8Q~`, and the rest. */
export function randomClientSecret(): string {
  const characters = Array.from({ length: 37 }, () => clientSecretCharacters[randomInt(clientSecretCharacters.length)]);
  return `${characters.slice(0, 3).join('')}8Q~${characters.slice(3).join('')}`;
}

/**
 * The value of a Key Vault secret: base64 with characters on both sides that look different in URLs and in JSON, so that a
 * search for leaks in those forms has something to find.
 */
export function randomSecretValue(): string {
  return `p"w/${randomBytes(18).toString('base64')}+=`;
}
