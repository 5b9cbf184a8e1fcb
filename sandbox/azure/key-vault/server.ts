/** Key Vault's data plane: one server for all vaults, told apart by the Host header. */
import { randomUUID } from 'node:crypto';
import type { TokenAuthority } from '../../contracts.ts';
import { notImitated, type Handler, type SandboxRequest, type SandboxResponse } from '../../kit/http-server.ts';
import { sameText } from '../state/resource-id.ts';
import type { Vault } from '../state/vaults.ts';
import type { World } from '../state/world.ts';
import { authenticate } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { clientAddress, requireNetwork } from './network.ts';
import { vaultErrors, VaultRefusal } from './refusal.ts';
import { operationOf } from './secrets.ts';

const suffix = '.vault.azure.net';

export function createKeyVault({ world, tokens }: { readonly world: World; readonly tokens: TokenAuthority }): Handler {
  return async (request) => {
    const vault = world.vaults.all().find(({ name }) => sameText(`${name}${suffix}`, request.host));
    // In the real world this name would not resolve: there is no service that could answer.
    if (!vault) return { status: 502, body: `The sandbox has no vault with the name ${request.host}.\n` };
    const response = await answered(world, vault, tokens, request);
    return { ...response, headers: { ...commonHeaders(vault, request), ...response.headers } };
  };
}

async function answered(
  world: World,
  vault: Vault,
  tokens: TokenAuthority,
  request: SandboxRequest,
): Promise<SandboxResponse> {
  try {
    const caller = await authenticate(request, vault, tokens);
    requireNetwork(vault, caller, clientAddress(request.socket));
    requireVersion(request.url.searchParams.get('api-version'));
    const segments = decodeURIComponent(request.url.pathname)
      .split('/')
      .filter((part) => part !== '');
    const operation = operationOf(vault, request.method, segments, request.body);
    if (!operation)
      return notImitated(`${request.method} /${segments.join('/')}`, 'sandbox/azure/key-vault/secrets.ts');
    authorize(world, vault, { caller, ...operation });
    return operation.run();
  } catch (error) {
    if (error instanceof VaultRefusal) return error.response();
    throw error;
  }
}

const versions = ['2016-10-01', '7.0', '7.1', '7.2', '7.3', '7.4', '7.5', '7.6', '2025-07-01'];

function requireVersion(version: string | null): void {
  if (version === null) throw vaultErrors.badParameter('api-version must be specified');
  if (!versions.includes(version) && !/^7\.\d-preview(\.\d)?$/.test(version)) {
    throw vaultErrors.badParameter(
      `The specified version (${version}) is not recognized. Consider using the latest supported version (2025-07-01).`,
    );
  }
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
