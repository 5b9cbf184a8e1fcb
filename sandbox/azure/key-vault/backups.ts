/** Backups of secrets. What clients hold is as unreadable as the service's, because it stands for what is kept here. */
import { randomBytes } from 'node:crypto';
import type { StoredSecret } from '../state/secrets.ts';

export interface Backups {
  /** base64url */
  keep(subscriptionId: string, secret: StoredSecret): string;
  /** A backup can be restored within its subscription. */
  restore(subscriptionId: string, blob: string): StoredSecret | undefined;
}

export function createBackups(): Backups {
  const kept = new Map<string, StoredSecret>();
  return {
    keep: (subscriptionId, secret) => {
      const blob = randomBytes(96).toString('base64url');
      kept.set(`${subscriptionId} ${blob}`, secret);
      return blob;
    },
    restore: (subscriptionId, blob) => kept.get(`${subscriptionId} ${blob}`),
  };
}
