/** Secrets as the service writes them. Source: recordings of @azure/keyvault-secrets and azure-cli. */
import type { DeletedSecret, SecretVersion } from '../state/secrets.ts';
import type { Vault } from '../state/vaults.ts';

export interface Wording {
  readonly vault: Vault;
  /** api-version */
  readonly version: string;
}

/** With its version in the id, without its value. */
export function versionBody(wording: Wording, name: string, secret: SecretVersion): object {
  return { ...itemBody(wording, name, secret), id: `${addressOf(wording.vault, 'secrets', name)}/${secret.version}` };
}

/** As lists show it: the newest version, named without it. */
export function itemBody({ vault, version }: Wording, name: string, secret: SecretVersion): object {
  const { enabled, notBefore, expires, created, updated, contentType, tags } = secret;
  const { softDeleteRetentionInDays: days } = vault.spec;
  return {
    ...(contentType === undefined ? {} : { contentType }),
    id: addressOf(vault, 'secrets', name),
    attributes: {
      enabled,
      ...(notBefore === undefined ? {} : { nbf: notBefore }),
      ...(expires === undefined ? {} : { exp: expires }),
      created,
      updated,
      recoveryLevel: recoveryLevel(vault),
      ...(hasRecoverableDays(version) ? { recoverableDays: days } : {}),
    },
    ...(tags === undefined ? {} : { tags }),
  };
}

export function deletionBody({ vault }: Wording, { name, deletedDate, scheduledPurgeDate }: DeletedSecret): object {
  return { recoveryId: addressOf(vault, 'deletedsecrets', name), deletedDate, scheduledPurgeDate };
}

/** Source of the names: the specification's DeletionRecoveryLevel. */
function recoveryLevel({ spec }: Vault): string {
  const level = spec.softDeleteRetentionInDays === 90 ? 'Recoverable' : 'CustomizedRecoverable';
  return spec.purgeProtection ? level : `${level}+Purgeable`;
}

/** 7.1 and later. */
function hasRecoverableDays(version: string): boolean {
  return version !== '2016-10-01' && !version.startsWith('7.0');
}

function addressOf(vault: Vault, collection: 'secrets' | 'deletedsecrets', name: string): string {
  return `https://${vault.host}/${collection}/${name}`;
}
