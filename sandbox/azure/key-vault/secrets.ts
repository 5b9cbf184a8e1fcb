/** The operations on secrets that are there. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import type { SecretAttributes, SecretVersion, StoredSecret } from '../state/secrets.ts';
import { itemBody, versionBody } from './bodies.ts';
import { inPages, ok, parsed, type Operation, type VaultCall } from './operation.ts';
import { vaultErrors } from './refusal.ts';

/** Undefined for what the sandbox does not imitate. */
export function secretOperation(call: VaultCall): Operation | undefined {
  const [, name, third, ...more] = call.segments;
  if (more.length > 0) return undefined;
  if (name === undefined) {
    return call.method === 'GET' ? { kind: 'list', secret: undefined, run: () => list(call) } : undefined;
  }
  return third === undefined ? onSecret(call, name) : onPart(call, name, third);
}

function onSecret(call: VaultCall, name: string): Operation | undefined {
  switch (call.method) {
    case 'GET':
      return { kind: 'get', secret: name, run: () => get(call, name, undefined) };
    case 'PUT':
      return { kind: 'set', secret: name, run: () => set(call, name) };
    case 'PATCH':
      return { kind: 'update', secret: name, run: () => update(call, name, undefined) };
    case 'POST':
      return name.toLowerCase() === 'restore'
        ? { kind: 'restore', secret: undefined, run: () => restore(call) }
        : undefined;
    default:
      return undefined;
  }
}

function onPart(call: VaultCall, name: string, part: string): Operation | undefined {
  if (call.method === 'POST' && part.toLowerCase() === 'backup') {
    return { kind: 'backup', secret: name, run: () => backup(call, name) };
  }
  if (call.method === 'PATCH') return { kind: 'update', secret: name, run: () => update(call, name, part) };
  if (call.method !== 'GET') return undefined;
  return part.toLowerCase() === 'versions'
    ? { kind: 'list', secret: name, run: () => listVersions(call, name) }
    : { kind: 'get', secret: name, run: () => get(call, name, part) };
}

function get(call: VaultCall, name: string, wanted: string | undefined): SandboxResponse {
  if (call.settling.look('secrets', name)) throw vaultErrors.notFound(name);
  const { secret, version } = find(call, name, wanted);
  if (!version.enabled) throw vaultErrors.disabled();
  return ok({ value: version.value, ...versionBody(call, secret.name, version) });
}

/** The newest version where none is wanted. */
function find(
  { vault }: VaultCall,
  name: string,
  wanted: string | undefined,
): { readonly secret: StoredSecret; readonly version: SecretVersion } {
  const secret = vault.secrets.find(name);
  const { versions = [] } = secret ?? {};
  const version = wanted === undefined ? versions.at(-1) : versions.find((each) => each.version === wanted);
  if (!secret || !version) throw vaultErrors.notFound(wanted === undefined ? name : `${name}/${wanted}`);
  return { secret, version };
}

function list(call: VaultCall): SandboxResponse {
  const items = call.vault.secrets.all().flatMap(({ name, versions }) => {
    const latest = versions.at(-1);
    return latest ? [itemBody(call, name, latest)] : [];
  });
  return inPages(call, items);
}

function listVersions(call: VaultCall, name: string): SandboxResponse {
  const { versions = [] } = call.vault.secrets.find(name) ?? {};
  return inPages(
    call,
    versions.map((version) => versionBody(call, name, version)),
  );
}

interface WrittenAttributes {
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes?: { readonly enabled?: boolean; readonly nbf?: number; readonly exp?: number };
}

function set(call: VaultCall, name: string): SandboxResponse {
  const { value, ...more } = parsed(call) as WrittenAttributes & { readonly value?: unknown };
  if (typeof value !== 'string') throw vaultErrors.badParameter("Property 'value' is required and must be a string.");
  if (!/^[0-9a-z-]{1,127}$/i.test(name)) {
    throw vaultErrors.badParameter(`The request URI contains an invalid name: ${name}`);
  }
  const { secrets } = call.vault;
  if (secrets.findDeleted(name)) throw vaultErrors.recoverable(name);
  const added = secrets.add(name, { value, enabled: true, ...attributesOf(more) });
  return ok({ value, ...versionBody(call, name, added) });
}

function update(call: VaultCall, name: string, wanted: string | undefined): SandboxResponse {
  const { secret, version } = find(call, name, wanted);
  const changed = call.vault.secrets.update(name, version.version, attributesOf(parsed(call) as WrittenAttributes));
  return ok(versionBody(call, secret.name, changed ?? version));
}

/** What is not written stays as it is. */
function attributesOf({ contentType, tags, attributes = {} }: WrittenAttributes): Partial<SecretAttributes> {
  const { enabled, nbf, exp } = attributes;
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(nbf === undefined ? {} : { notBefore: nbf }),
    ...(exp === undefined ? {} : { expires: exp }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function backup(call: VaultCall, name: string): SandboxResponse {
  const { secret } = find(call, name, undefined);
  return ok({ value: call.backups.keep(call.vault.subscriptionId, secret) });
}

function restore(call: VaultCall): SandboxResponse {
  const { vault, backups } = call;
  const { value = '' } = parsed(call) as { readonly value?: string };
  const secret = backups.restore(vault.subscriptionId, value);
  if (!secret) throw vaultErrors.badParameter('Backup blob is corrupted.');
  if (vault.secrets.findDeleted(secret.name)) throw vaultErrors.recoverable(secret.name);
  const existing = vault.secrets.find(secret.name);
  if (existing) throw vaultErrors.exists(existing.name);
  vault.secrets.restore(secret);
  const { version } = find(call, secret.name, undefined);
  return ok(versionBody(call, secret.name, version));
}
