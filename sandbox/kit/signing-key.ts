/** An RSA key that signs tokens for one run, with its published half. */
import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, type CryptoKey, type JSONWebKeySet } from 'jose';

export interface SigningKey {
  /** `kid` */
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly published: JSONWebKeySet;
}

export async function createSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const id = createHash('sha1')
    .update(jwk.n ?? '')
    .digest('base64url');
  return { id, privateKey, publicKey, published: { keys: [{ ...jwk, use: 'sig', alg: 'RS256', kid: id, x5t: id }] } };
}
