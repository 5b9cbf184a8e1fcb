/** Key Vault's refusals, with their inner error codes. Texts: public issue threads and recordings of the SDKs. */
import { authorityOf, type SandboxCloud } from '../../clouds.ts';
import type { SandboxResponse } from '../../kit/http-server.ts';
import type { TokenClaims } from '../../contracts.ts';
import type { DenyAssignment } from '../state/deny-assignments.ts';
import type { Vault } from '../state/vaults.ts';

interface Inner {
  readonly inner?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class VaultRefusal extends Error {
  override readonly name = 'VaultRefusal';
  readonly status: number;
  readonly code: string;
  readonly inner: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, { inner, headers = {} }: Inner = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.inner = inner;
    this.headers = headers;
  }

  response(): SandboxResponse {
    const innererror = this.inner === undefined ? {} : { innererror: { code: this.inner } };
    return {
      status: this.status,
      headers: this.headers,
      body: { error: { code: this.code, message: this.message, ...innererror } },
    };
  }
}

/** By RBAC. */
interface Refused {
  readonly action: string;
  readonly scope: string;
  readonly denial?: DenyAssignment;
}

export function subjectOf({ clientId, objectId, issuer = '' }: TokenClaims): string {
  return `appid=${clientId};oid=${objectId};iss=${issuer}`;
}

function placeOf({ name, location }: Vault): string {
  return `${name};location=${location}`;
}

const forbidden = (message: string, inner: string): VaultRefusal =>
  new VaultRefusal(403, 'Forbidden', message, { inner });

export const vaultErrors = {
  badParameter: (message: string): VaultRefusal => new VaultRefusal(400, 'BadParameter', message),
  unauthorized: ({ tenantId }: Vault, cloud: SandboxCloud, message: string): VaultRefusal =>
    new VaultRefusal(401, 'Unauthorized', message, {
      headers: {
        'www-authenticate': `Bearer authorization="${authorityOf(cloud)}/${tenantId}", resource="${cloud.vaultAudience}"`,
      },
    }),
  byPolicy: (vault: Vault, caller: TokenClaims, permission: string): VaultRefusal =>
    forbidden(
      `The user, group or application '${subjectOf(caller)}' does not have secrets ${permission} permission on key vault '${placeOf(vault)}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
      'ForbiddenByPolicy',
    ),
  onBehalfOf: (caller: TokenClaims): VaultRefusal =>
    forbidden(
      `The policy requires the caller '${subjectOf(caller)}' to use on-behalf-of (OBO) flow. For more information on OBO, please see https://go.microsoft.com/fwlink/?linkid=2152310`,
      'ForbiddenByPolicy',
    ),
  /** The decision reason for a deny assignment is assumed. */
  byRbac: (vault: Vault, caller: TokenClaims, { action, scope, denial }: Refused): VaultRefusal =>
    forbidden(
      [
        'Caller is not authorized to perform action on resource.',
        'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
        `Caller: ${subjectOf(caller)}`,
        `Action: '${action}'`,
        `Resource: '${scope.replace('/resourceGroups/', '/resourcegroups/').replace('/Microsoft.KeyVault/', '/microsoft.keyvault/')}'`,
        'Assignment: (not found)',
        `DenyAssignmentId: ${denial ? `'${denial.id.replaceAll('-', '')}'` : 'null'}`,
        `DecisionReason: '${denial ? 'DeniedByDenyAssignment' : 'DeniedWithNoValidRBAC'}' `,
        `Vault: ${placeOf(vault)}`,
        '',
      ].join('\r\n'),
      'ForbiddenByRbac',
    ),
  byFirewall: (vault: Vault, caller: TokenClaims, address: string): VaultRefusal =>
    forbidden(
      `Client address is not authorized and caller is not a trusted service.\r\nClient address: ${address}\r\nCaller: ${subjectOf(caller)}\r\nVault: ${placeOf(vault)}`,
      'ForbiddenByFirewall',
    ),
  byConnection: (vault: Vault, caller: TokenClaims): VaultRefusal =>
    forbidden(
      `Public network access is disabled and request is not from a trusted service nor via an approved private link.\r\nCaller: ${subjectOf(caller)}\r\nVault: ${placeOf(vault)}`,
      'ForbiddenByConnection',
    ),
  disabled: (): VaultRefusal => forbidden('Operation get is not allowed on a disabled secret.', 'SecretDisabled'),
  recoverable: (name: string): VaultRefusal =>
    new VaultRefusal(
      409,
      'Conflict',
      `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
      { inner: 'ObjectIsDeletedButRecoverable' },
    ),
  exists: (name: string): VaultRefusal =>
    new VaultRefusal(409, 'Conflict', `A secret with name ${name} already exists.`),
  // Text: hashicorp/terraform-provider-azurerm and microsoft/AzureTRE issue 1951.
  purgeProtected: (vault: Vault): VaultRefusal =>
    new VaultRefusal(
      403,
      'Forbidden',
      `Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed.\r\nVault: ${placeOf(vault)}`,
    ),
  deletedNotFound: (name: string): VaultRefusal =>
    new VaultRefusal(404, 'SecretNotFound', `Deleted Secret not found: ${name}`),
  notFound: (nameOrId: string): VaultRefusal =>
    new VaultRefusal(
      404,
      'SecretNotFound',
      `A secret with (name/id) ${nameOrId} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
    ),
};
