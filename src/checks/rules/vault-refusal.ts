import type { VaultNetwork } from '../../azure/vault.ts';
import type { VaultFact } from '../facts.ts';
import { own } from '../../runtime/json.ts';
import type { SecretAnswer } from '../gather/proof-answer.ts';

export type SecretRefusal = SecretAnswer & { readonly state: 'refused' };

/** Why a vault said no. Network reasons come first: the vault looks at the address before it looks at the caller. */
export type RefusalReason =
  | 'firewall'
  | 'private'
  | 'policy'
  | 'compound'
  | 'role'
  | 'missing'
  | 'disabled'
  | 'token'
  | 'throttled'
  | 'unavailable'
  | 'unresolved'
  | 'strange';

const innerCodes: Readonly<Record<string, RefusalReason>> = {
  ForbiddenByPolicy: 'policy',
  AccessDenied: 'policy',
  ForbiddenByRbac: 'role',
  ForbiddenByFirewall: 'firewall',
  ForbiddenByConnection: 'private',
  SecretDisabled: 'disabled',
};

/** Error codes of the vault (facts: azure 1.3); where a tool drops them, what Azure says of the vault narrows it down. */
export function refusalReason(refusal: SecretRefusal, vault: VaultFact | undefined): RefusalReason {
  const { status, code, inner, text } = refusal;
  if (status === 403) return forbiddenReason(refusal, vault);
  if (status === 404) return code === 'SecretNotFound' || (code === '' && text === '') ? 'missing' : 'strange';
  if (status === 401) return 'token';
  if (status === 429) return 'throttled';
  if (status >= 500) return 'unavailable';
  return own(innerCodes, inner) ?? 'strange';
}

function forbiddenReason({ code, inner, text }: SecretRefusal, vault: VaultFact | undefined): RefusalReason {
  if (/on-behalf-of/i.test(text)) return 'compound';
  const known = own(innerCodes, inner) ?? own(innerCodes, code);
  if (known) return known;
  if (code !== '') return 'unresolved';
  const candidates = possibleReasons(vault);
  const [only] = candidates;
  return candidates.length === 1 && only ? only : 'unresolved';
}

/** What a 403 without a word can mean on this vault. */
export function possibleReasons(vault: VaultFact | undefined): readonly RefusalReason[] {
  if (!vault?.known) return ['policy', 'role', 'firewall', 'private', 'disabled'];
  const { network, model } = vault.vault;
  const permission = model === 'rbac' ? 'role' : 'policy';
  const byGrant = {
    none: [permission],
    compound: ['compound'],
    unknown: [permission, 'disabled'],
    // Shown by Azure, so either not effective yet, or the permission is not the reason.
    granted: ['disabled', permission],
  } as const;
  return [...networkReasons(network), ...byGrant[vault.grant.state]];
}

function networkReasons({ publicAccess, defaultAllow }: VaultNetwork): readonly RefusalReason[] {
  if (!publicAccess) return ['private'];
  return defaultAllow ? [] : ['firewall'];
}
