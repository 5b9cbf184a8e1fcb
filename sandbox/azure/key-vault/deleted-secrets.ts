/** The operations on secrets that are deleted, and the two that lead there and back. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import type { DeletedSecret, SecretVersion } from '../state/secrets.ts';
import { deletionBody, itemBody, versionBody } from './bodies.ts';
import { inPages, ok, type Operation, type VaultCall } from './operation.ts';
import { vaultErrors } from './refusal.ts';

/** Undefined for what the sandbox does not imitate. */
export function deletedSecretOperation(call: VaultCall): Operation | undefined {
  const [, name = '', ...parts] = call.segments;
  const shape = [call.method, ...(name === '' ? [] : ['name']), ...parts].join(' ').toLowerCase();
  switch (shape) {
    case 'get':
      return { kind: 'list', secret: undefined, run: () => list(call) };
    case 'get name':
      return { kind: 'getDeleted', secret: name, run: () => get(call, name) };
    case 'post name recover':
      return { kind: 'recover', secret: name, run: () => recover(call, name) };
    case 'delete name':
      return { kind: 'purge', secret: name, run: () => purge(call, name) };
    default:
      return undefined;
  }
}

/** What puts a secret among them. */
export function deletion(call: VaultCall): Operation | undefined {
  const [, name, ...more] = call.segments;
  if (name === undefined || more.length > 0) return undefined;
  return { kind: 'delete', secret: name, run: () => remove(call, name) };
}

function remove(call: VaultCall, name: string): SandboxResponse {
  const deleted = call.vault.secrets.remove(name);
  if (!deleted) throw vaultErrors.notFound(name);
  call.settling.begin('deletedsecrets', name);
  return ok(bundle(call, deleted));
}

/** Not there yet when somebody looks for the first time: the service takes seconds, too. */
function get(call: VaultCall, name: string): SandboxResponse {
  const deleted = call.vault.secrets.findDeleted(name);
  if (!deleted || call.settling.look('deletedsecrets', name)) throw vaultErrors.deletedNotFound(name);
  return ok(bundle(call, deleted));
}

function list(call: VaultCall): SandboxResponse {
  const items = call.vault.secrets.deleted().map((deleted) => ({
    ...deletionBody(call, deleted),
    ...itemBody(call, deleted.name, latestOf(deleted)),
  }));
  return inPages(call, items);
}

function recover(call: VaultCall, name: string): SandboxResponse {
  const recovered = call.vault.secrets.recover(name);
  if (!recovered) throw vaultErrors.notFound(name);
  call.settling.begin('secrets', name);
  return ok(versionBody(call, recovered.name, latestOf(recovered)));
}

function purge({ vault }: VaultCall, name: string): SandboxResponse {
  if (vault.spec.purgeProtection) throw vaultErrors.purgeProtected(vault);
  if (!vault.secrets.purge(name)) throw vaultErrors.deletedNotFound(name);
  return { status: 204 };
}

function bundle(call: VaultCall, deleted: DeletedSecret): object {
  return { ...deletionBody(call, deleted), ...versionBody(call, deleted.name, latestOf(deleted)) };
}

function latestOf({ versions }: Pick<DeletedSecret, 'versions'>): SecretVersion {
  const latest = versions.at(-1);
  if (!latest) throw new Error('A secret has at least one version.');
  return latest;
}
