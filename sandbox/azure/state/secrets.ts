/** The secrets of one vault, with their versions, and those that are deleted but can be recovered. */
import { randomBytes } from 'node:crypto';
import type { SecretSpec } from '../../scenario/types.ts';

export interface SecretAttributes {
  readonly enabled: boolean;
  /** Seconds since 1970, like all times of secrets. Nothing follows from it but what clients make of it. */
  readonly notBefore?: number;
  readonly expires?: number;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface SecretContent extends SecretAttributes {
  readonly value: string;
}

export interface SecretVersion extends SecretContent {
  /** 32 hexadecimal digits. */
  readonly version: string;
  readonly created: number;
  readonly updated: number;
}

/** Versions oldest first. */
export interface StoredSecret {
  readonly name: string;
  readonly versions: readonly SecretVersion[];
}

export interface DeletedSecret extends StoredSecret {
  readonly deletedDate: number;
  readonly scheduledPurgeDate: number;
}

/** Names are compared in any letter case. */
export interface Secrets {
  all(): readonly StoredSecret[];
  find(name: string): StoredSecret | undefined;
  add(name: string, content: SecretContent): SecretVersion;
  /** Undefined where there is no such version. */
  update(name: string, version: string, changes: Partial<SecretAttributes>): SecretVersion | undefined;
  remove(name: string): DeletedSecret | undefined;
  deleted(): readonly DeletedSecret[];
  findDeleted(name: string): DeletedSecret | undefined;
  recover(name: string): StoredSecret | undefined;
  purge(name: string): boolean;
  /** A secret as a backup holds it. */
  restore(secret: StoredSecret): void;
}

const day = 24 * 60 * 60;

/** `retentionDays`: how long deleted ones can be recovered. */
export function createSecrets(specs: readonly SecretSpec[], retentionDays: () => number): Secrets {
  const secrets = new SecretStore(retentionDays);
  for (const { name, ...spec } of specs) secrets.add(name, contentOf(spec));
  return secrets;
}

class SecretStore implements Secrets {
  readonly #stored = new Map<string, StoredSecret>();
  readonly #deleted = new Map<string, DeletedSecret>();
  readonly #retentionDays: () => number;

  constructor(retentionDays: () => number) {
    this.#retentionDays = retentionDays;
  }

  all(): readonly StoredSecret[] {
    return [...this.#stored.values()].sort((left, right) => left.name.localeCompare(right.name));
  }

  find(name: string): StoredSecret | undefined {
    return this.#stored.get(name.toLowerCase());
  }

  add(name: string, content: SecretContent): SecretVersion {
    const version = newVersion(content);
    const before = this.find(name) ?? { name, versions: [] };
    this.restore({ ...before, versions: [...before.versions, version] });
    return version;
  }

  update(name: string, version: string, changes: Partial<SecretAttributes>): SecretVersion | undefined {
    const secret = this.find(name);
    const before = secret?.versions.find((each) => each.version === version);
    if (!secret || !before) return undefined;
    const after = { ...before, ...changes, updated: seconds() };
    this.restore({ ...secret, versions: secret.versions.map((each) => (each === before ? after : each)) });
    return after;
  }

  remove(name: string): DeletedSecret | undefined {
    const secret = this.find(name);
    if (!secret) return undefined;
    this.#stored.delete(name.toLowerCase());
    const deletedDate = seconds();
    const deleted = { ...secret, deletedDate, scheduledPurgeDate: deletedDate + this.#retentionDays() * day };
    this.#deleted.set(name.toLowerCase(), deleted);
    return deleted;
  }

  deleted(): readonly DeletedSecret[] {
    return [...this.#deleted.values()];
  }

  findDeleted(name: string): DeletedSecret | undefined {
    return this.#deleted.get(name.toLowerCase());
  }

  recover(name: string): StoredSecret | undefined {
    const found = this.findDeleted(name);
    if (!found) return undefined;
    this.purge(name);
    this.restore({ name: found.name, versions: found.versions });
    return found;
  }

  purge(name: string): boolean {
    return this.#deleted.delete(name.toLowerCase());
  }

  restore(secret: StoredSecret): void {
    this.#stored.set(secret.name.toLowerCase(), secret);
  }
}

function contentOf({ value, enabled, notBefore, expires }: Omit<SecretSpec, 'name'>): SecretContent {
  return {
    value,
    enabled,
    ...(notBefore === undefined ? {} : { notBefore: Date.parse(notBefore) / 1000 }),
    ...(expires === undefined ? {} : { expires: Date.parse(expires) / 1000 }),
  };
}

function newVersion(content: SecretContent): SecretVersion {
  const now = seconds();
  return { ...content, version: randomBytes(16).toString('hex'), created: now, updated: now };
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
