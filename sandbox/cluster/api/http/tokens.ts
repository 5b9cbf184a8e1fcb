/** Service account tokens: JWTs that the API server signs and checks. */
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { Core } from '../core.ts';
import { recordAt, stringAt } from '../json.ts';
import type { User } from '../rbac.ts';

/** What an AKS cluster without the OIDC issuer feature says. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

export interface TokenRequest {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
}

export class ServiceAccountTokens {
  readonly #core: Core;
  readonly #keys: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey };
  readonly #keyId: string;

  private constructor(core: Core, keys: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey }) {
    this.#core = core;
    this.#keys = keys;
    this.#keyId = randomUUID();
  }

  static async create(core: Core): Promise<ServiceAccountTokens> {
    return new ServiceAccountTokens(core, await generateKeyPair('RS256'));
  }

  async issue(request: TokenRequest): Promise<{ token: string; expires: Date }> {
    const { namespace, name, uid, audiences, expirationSeconds } = request;
    const now = Math.floor(this.#core.now().getTime() / 1000);
    const expires = now + expirationSeconds;
    const token = await new SignJWT({ 'kubernetes.io': { namespace, serviceaccount: { name, uid } } })
      .setProtectedHeader({ alg: 'RS256', kid: this.#keyId })
      .setIssuer(ISSUER)
      .setAudience([...audiences])
      .setSubject(`system:serviceaccount:${namespace}:${name}`)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(expires)
      .setJti(randomUUID())
      .sign(this.#keys.privateKey);
    return { token, expires: new Date(expires * 1000) };
  }

  /** The user of a valid token; undefined for any other. A deleted (or re-created) service account makes its tokens invalid. */
  async authenticate(token: string): Promise<User | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#keys.publicKey, {
        issuer: ISSUER,
        audience: ISSUER,
        currentDate: this.#core.now(),
      });
      const claims = recordAt(payload, 'kubernetes.io');
      const namespace = stringAt(claims, 'namespace');
      const { name, uid } = recordAt(claims, 'serviceaccount');
      if (typeof name !== 'string' || typeof uid !== 'string') return undefined;
      if (this.#core.store.get('serviceaccounts.', namespace, name)?.metadata.uid !== uid) return undefined;
      return serviceAccountUser(namespace, name, uid);
    } catch {
      return undefined;
    }
  }

  async publicKeys(): Promise<{ keys: JWK[] }> {
    const key = await exportJWK(this.#keys.publicKey);
    return { keys: [{ ...key, kid: this.#keyId, alg: 'RS256', use: 'sig' }] };
  }
}

function serviceAccountUser(namespace: string, name: string, uid: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
