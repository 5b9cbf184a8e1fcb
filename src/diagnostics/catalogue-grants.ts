import type { CatalogueEntry } from './catalogue-entry.ts';

export const grants = {
  GRA001: {
    title: 'The role does not exist',
    cause: 'No built-in or custom role with this name or id can be assigned in the subscription.',
    fix: 'Check the spelling, or give the role by its id (az role definition list).',
  },
  GRA002: {
    title: 'The identity does not exist or is ambiguous',
    cause: 'No user-assigned identity with this name was found where the task looks, or there is more than one.',
    fix: 'Give the identity as resourceGroup/name or by its resource id.',
  },
  GRA003: {
    title: 'Microsoft Entra does not know the identity yet',
    cause: 'A new identity takes minutes to reach all of Microsoft Entra; the task retried until its budget ended.',
    fix: 'Run the step again, or raise timeoutInMinutes.',
  },
  GRA004: {
    title: 'The name of the role assignment belongs to another principal',
    cause: 'An assignment of an identity that was deleted still holds the deterministic name.',
    fix: 'Delete the orphaned assignment ("Identity not found" in the portal) and run the step again.',
  },
  GRA005: {
    title: 'The subscription is full of role assignments',
    cause: 'Azure allows 4000 role assignments per subscription and 500 per management group.',
    fix: 'Remove orphaned and redundant assignments, or grant at a wider scope or to a group.',
  },
  GRA006: {
    title: 'Every pod that reaches the node can use the kubelet identity',
    cause:
      'The kubelet identity is on the scale set in any case: pods on the host network and pods excepted from Pod Identity get its tokens, too.',
    fix: 'Use a dedicated user-assigned identity (input identity); examples/dedicated-identity.yml shows how.',
  },
  GRA007: {
    title: 'A grant is wider than needed',
    cause: 'The role reaches more resources, or allows more, than the pods or AAD Pod Identity need.',
    fix: 'Use the preset podIdentity and, in grants, the narrower scope or role that the message names.',
  },
  GRA008: {
    title: 'The role assignment exists with another condition',
    cause:
      'Azure allows one assignment for each role, principal and scope. This one was made by somebody else, so the task does not change it.',
    fix: 'Give the grant the same condition, or let its owner change or delete the assignment (az role assignment list --include-inherited).',
  },
  GRA009: {
    title: 'The service connection may assign roles, but not this one',
    cause:
      'Its own role assignment carries a condition (constrained delegation) that names the roles or the principals it may assign.',
    fix: 'Let an owner add this role and principal to the condition, or make this assignment once by hand: an equal one counts as done.',
  },
  GRA010: {
    title: 'Azure says that the role assignment exists, but does not list it',
    cause:
      'Somebody made or deleted the same assignment at this very moment, and the lists of Azure are not up to date.',
    fix: 'Run the step again in a few minutes.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export const vaults = {
  KVT001: {
    title: 'The key vault does not exist or is ambiguous',
    cause: 'No key vault with this name is visible to the service connection in its subscription.',
    fix: 'Check the name, give it as resourceGroup/name or by its resource id, and give the service connection Microsoft.KeyVault/vaults/read.',
  },
  KVT002: {
    title: 'One secret cannot be granted on a vault with access policies',
    cause:
      'Access policies apply to all secrets of a vault; only the Azure RBAC permission model knows single secrets.',
    fix: 'Leave secretName empty, or move the vault to the Azure RBAC permission model.',
  },
  KVT003: {
    title: 'The vault belongs to another tenant',
    cause: 'An access policy can name only principals of the tenant of the vault.',
    fix: 'Use a vault and an identity of the same tenant.',
  },
  KVT004: {
    title: 'The access policies of the vault are full',
    cause: 'A vault holds at most 1024 access policies.',
    fix: 'Remove entries that nobody needs, or move the vault to the Azure RBAC permission model.',
  },
} as const satisfies Record<string, CatalogueEntry>;
