import type { ClusterSpec } from './types.ts';

/** Local accounts can be disabled only where there is another way to sign in. */
export function signsInWithEntra({ entra, disableLocalAccounts }: ClusterSpec): boolean {
  return entra !== 'none' || disableLocalAccounts;
}
