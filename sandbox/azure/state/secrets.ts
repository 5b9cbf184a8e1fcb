/** The secrets of one vault, with their versions. */
import { randomBytes } from 'node:crypto';
import type { SecretSpec } from '../../scenario/types.ts';

export interface SecretVersion {
  /** 32 hexadecimal digits. */
  readonly version: string;
  readonly value: string;
  readonly enabled: boolean;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly created: number;
}

export interface Secrets {
  names(): readonly string[];
  /** Oldest first; names in any letter case. */
  versions(name: string): readonly SecretVersion[];
  add(name: string, version: Omit<SecretVersion, 'version' | 'created'>): SecretVersion;
}

export function createSecrets(specs: readonly SecretSpec[]): Secrets {
  const stored = new Map<string, { readonly name: string; readonly versions: SecretVersion[] }>();
  const add: Secrets['add'] = (name, content) => {
    const key = name.toLowerCase();
    const secret = stored.get(key) ?? { name, versions: [] };
    stored.set(key, secret);
    const version = {
      ...content,
      version: randomBytes(16).toString('hex'),
      created: Math.floor(Date.now() / 1000),
    };
    secret.versions.push(version);
    return version;
  };
  for (const { name, value, enabled } of specs) add(name, { value, enabled });
  return {
    add,
    names: () => [...stored.values()].map(({ name }) => name).sort(),
    versions: (name) => stored.get(name.toLowerCase())?.versions ?? [],
  };
}
