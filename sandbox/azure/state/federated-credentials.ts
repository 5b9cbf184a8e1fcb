/** Whom a user-assigned identity trusts: federated credentials by the identity's principal, so that they end with it. */

export interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

export interface FederatedCredentials {
  /** Principals whose credentials are being written right now. */
  readonly writing: Set<string>;
  of(principalId: string): readonly FederatedCredential[];
  find(principalId: string, name: string): FederatedCredential | undefined;
  put(principalId: string, credential: FederatedCredential): void;
  /** False where there was none. */
  remove(principalId: string, name: string): boolean;
}

/** Source: considerations for federated identity credentials. */
export const maximumFederatedCredentials = 20;

export function createFederatedCredentials(): FederatedCredentials {
  const stored = new Map<string, readonly FederatedCredential[]>();
  const of = (principalId: string): readonly FederatedCredential[] => stored.get(principalId) ?? [];
  const others = (principalId: string, name: string): readonly FederatedCredential[] =>
    of(principalId).filter((each) => each.name.toLowerCase() !== name.toLowerCase());
  return {
    writing: new Set(),
    of,
    find: (principalId, name) => of(principalId).find((each) => each.name.toLowerCase() === name.toLowerCase()),
    put: (principalId, credential) => {
      stored.set(principalId, [...others(principalId, credential.name), credential]);
    },
    remove: (principalId, name) => {
      const before = of(principalId).length;
      stored.set(principalId, others(principalId, name));
      return of(principalId).length < before;
    },
  };
}
