/** The operations on secrets. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import type { SecretVersion } from '../state/secrets.ts';
import type { Vault } from '../state/vaults.ts';
import type { Permission } from './authorize.ts';
import { vaultErrors } from './refusal.ts';

export interface Operation {
  readonly permission: Permission;
  readonly secret: string | undefined;
  readonly run: () => SandboxResponse;
}

/** Undefined for what the sandbox does not imitate. `segments`: the path without empty parts. */
export function operationOf(
  vault: Vault,
  method: string,
  segments: readonly string[],
  body: Buffer,
): Operation | undefined {
  const [collection, name, version, ...more] = segments;
  if (collection?.toLowerCase() !== 'secrets' || more.length > 0) return undefined;
  if (method === 'GET') return readingOf(vault, name, version);
  if (method !== 'PUT' || name === undefined || version !== undefined) return undefined;
  return { permission: 'set', secret: name, run: () => set(vault, name, body) };
}

function readingOf(vault: Vault, name: string | undefined, version: string | undefined): Operation {
  if (name === undefined) return { permission: 'list', secret: undefined, run: () => list(vault) };
  if (version?.toLowerCase() === 'versions') {
    return { permission: 'list', secret: name, run: () => listVersions(vault, name) };
  }
  return { permission: 'get', secret: name, run: () => get(vault, name, version) };
}

function get(vault: Vault, name: string, wanted: string | undefined): SandboxResponse {
  const versions = vault.secrets.versions(name);
  const found = wanted === undefined ? versions.at(-1) : versions.find(({ version }) => version === wanted);
  if (!found) throw vaultErrors.notFound(wanted === undefined ? name : `${name}/${wanted}`);
  if (!found.enabled) throw vaultErrors.disabled();
  return { status: 200, body: { value: found.value, ...described(vault, name, found) } };
}

function list(vault: Vault): SandboxResponse {
  const value = vault.secrets.names().flatMap((name) => {
    const latest = vault.secrets.versions(name).at(-1);
    return latest ? [{ ...described(vault, name, latest), id: idOf(vault, name) }] : [];
  });
  return { status: 200, body: { value, nextLink: null } };
}

function listVersions(vault: Vault, name: string): SandboxResponse {
  const value = vault.secrets.versions(name).map((version) => described(vault, name, version));
  return { status: 200, body: { value, nextLink: null } };
}

interface SetRequest {
  readonly value?: unknown;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes?: { readonly enabled?: boolean };
}

function set(vault: Vault, name: string, body: Buffer): SandboxResponse {
  const { value, contentType, tags, attributes } = parsed(body);
  if (typeof value !== 'string') throw vaultErrors.badParameter("Property 'value' is required and must be a string.");
  const added = vault.secrets.add(name, {
    value,
    enabled: attributes?.enabled ?? true,
    ...(contentType === undefined ? {} : { contentType }),
    ...(tags === undefined ? {} : { tags }),
  });
  return { status: 200, body: { value, ...described(vault, name, added) } };
}

function parsed(body: Buffer): SetRequest {
  try {
    return JSON.parse(body.toString()) as SetRequest;
  } catch {
    throw vaultErrors.badParameter('The request body is not valid JSON.');
  }
}

function described(vault: Vault, name: string, secret: SecretVersion): object {
  const { version, enabled, created, contentType, tags } = secret;
  return {
    ...(contentType === undefined ? {} : { contentType }),
    id: `${idOf(vault, name)}/${version}`,
    attributes: { enabled, created, updated: created, recoveryLevel: 'Recoverable+Purgeable', recoverableDays: 90 },
    tags: tags ?? {},
  };
}

function idOf(vault: Vault, name: string): string {
  return `https://${vault.name.toLowerCase()}.vault.azure.net/secrets/${name}`;
}
