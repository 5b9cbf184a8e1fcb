/** Key Vault's data plane: one server for all vaults, told apart by the Host header. */
import { randomUUID } from 'node:crypto';
import type { TokenAuthority } from '../../contracts.ts';
import { notImitated, type Handler, type SandboxRequest, type SandboxResponse } from '../../kit/http-server.ts';
import { sameText } from '../state/resource-id.ts';
import type { Vault } from '../state/vaults.ts';
import type { World } from '../state/world.ts';
import { authenticate } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { createBackups, type Backups } from './backups.ts';
import { deletedSecretOperation, deletion } from './deleted-secrets.ts';
import { clientAddress, requireNetwork } from './network.ts';
import type { Operation, VaultCall } from './operation.ts';
import { vaultErrors, VaultRefusal } from './refusal.ts';
import { secretOperation } from './secrets.ts';
import { createSettling, type Settling } from './settling.ts';

export interface KeyVaultOptions {
  readonly world: World;
  readonly tokens: TokenAuthority;
  /** The most that a page of any list holds. Default: what the service gives. */
  readonly pageSize?: number | undefined;
}

export function createKeyVault(options: KeyVaultOptions): Handler {
  const memory: Memory = { ...options, backups: createBackups(), settlingOf: createSettling() };
  return async (request) => {
    const vault = options.world.vaults.all().find(({ host }) => sameText(host, request.host));
    // In the real world this name would not resolve: there is no service that could answer.
    if (!vault) return { status: 502, body: `The sandbox has no vault with the name ${request.host}.\n` };
    const response = await answered(memory, vault, request);
    return { ...response, headers: { ...commonHeaders(vault, request), ...response.headers } };
  };
}

interface Memory extends KeyVaultOptions {
  readonly backups: Backups;
  readonly settlingOf: (vault: Vault) => Settling;
}

async function answered(memory: Memory, vault: Vault, request: SandboxRequest): Promise<SandboxResponse> {
  try {
    const caller = await authenticate(request, vault, { tokens: memory.tokens, cloud: memory.world.cloud });
    requireNetwork(vault, caller, clientAddress(request.socket));
    const call = callOf(memory, vault, request);
    const operation = operationOf(call);
    if (!operation) {
      return notImitated(`${request.method} /${call.segments.join('/')}`, 'sandbox/azure/key-vault/secrets.ts');
    }
    authorize(memory.world, vault, { caller, ...operation });
    return operation.run();
  } catch (error) {
    if (error instanceof VaultRefusal) return error.response();
    throw error;
  }
}

function callOf({ backups, settlingOf, pageSize }: Memory, vault: Vault, request: SandboxRequest): VaultCall {
  const { method, url, host, body } = request;
  const query = url.searchParams;
  return {
    vault,
    version: requireVersion(query.get('api-version')),
    method,
    segments: decodeURIComponent(url.pathname)
      .split('/')
      .filter((part) => part !== ''),
    query,
    body,
    backups,
    settling: settlingOf(vault),
    pageSize: pageSize ?? Infinity,
    link: (more) => {
      const next = new URLSearchParams([...query].filter(([name]) => !(name in more)));
      for (const [name, value] of Object.entries(more)) next.set(name, value);
      // With the port, as the service writes it.
      return `https://${host}:443${url.pathname}?${next.toString()}`;
    },
  };
}

function operationOf(call: VaultCall): Operation | undefined {
  const [collection] = call.segments;
  if (collection?.toLowerCase() === 'deletedsecrets') return deletedSecretOperation(call);
  if (collection?.toLowerCase() !== 'secrets') return undefined;
  return call.method === 'DELETE' ? deletion(call) : secretOperation(call);
}

const versions = ['2016-10-01', '7.0', '7.1', '7.2', '7.3', '7.4', '7.5', '7.6', '2025-07-01'];

function requireVersion(version: string | null): string {
  if (version === null) throw vaultErrors.badParameter('api-version must be specified');
  if (!versions.includes(version) && !/^7\.\d-preview(\.\d)?$/.test(version)) {
    throw vaultErrors.badParameter(
      `The specified version (${version}) is not recognized. Consider using the latest supported version (2025-07-01).`,
    );
  }
  return version;
}

function commonHeaders(vault: Vault, request: SandboxRequest): Record<string, string> {
  const address = clientAddress(request.socket);
  const client = request.headers['x-ms-client-request-id'];
  return {
    'cache-control': 'no-cache',
    'x-ms-keyvault-region': vault.location,
    'x-ms-keyvault-network-info': `conn_type=Ipv4;addr=${address};act_addr_fam=InterNetwork;`,
    'x-ms-keyvault-service-version': '1.9.2747.1',
    'x-ms-request-id': randomUUID(),
    ...(typeof client === 'string' ? { 'x-ms-client-request-id': client } : {}),
  };
}
