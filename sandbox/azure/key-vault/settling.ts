/** What has been deleted or recovered a moment ago and does not show yet. */
import type { Vault } from '../state/vaults.ts';

export interface Settling {
  begin(collection: 'secrets' | 'deletedsecrets', name: string): void;
  /** True for the one look that still finds nothing: no clock decides it, so it is the same in every run. */
  look(collection: 'secrets' | 'deletedsecrets', name: string): boolean;
}

export function createSettling(): (vault: Vault) => Settling {
  const unseen = new Set<string>();
  return ({ id }) => ({
    begin: (collection, name) => void unseen.add(keyOf(id, collection, name)),
    look: (collection, name) => unseen.delete(keyOf(id, collection, name)),
  });
}

function keyOf(vaultId: string, collection: string, name: string): string {
  return [vaultId, collection, name].join(' ').toLowerCase();
}
