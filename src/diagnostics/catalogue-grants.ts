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
    cause:
      'A new identity takes minutes to reach all of Microsoft Entra; the task retried until its budget ended, or for two minutes where the input principalObjectId names the principal.',
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
  GRA011: {
    title: 'The object id is not that of a service principal or managed identity',
    cause:
      'It belongs to a user, a group or an app registration, or is a client id. Roles of pods go to the object id of a service principal or of a managed identity.',
    fix: 'Use what "az ad sp show --id CLIENT_ID --query id" prints; the object id of an app registration (az ad app show) is another one.',
  },
  GRA012: {
    title: 'Azure does not show the role assignment yet',
    cause: 'The write succeeded, but the lists of Azure did not show it within the budget (input wait).',
    fix: 'Run the step again, or raise timeoutInMinutes; a second run finds what was written.',
  },
  GRA013: {
    title: 'The identity was deleted while the task waited',
    cause: 'Azure shows the role assignment with an unknown principal, so it will never take effect.',
    fix: 'Find out what deletes the identity, then run the step again; an assignment without a principal can be deleted.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export const vaults = {
  KVT001: {
    title: 'The key vault does not exist or is ambiguous',
    cause:
      'No key vault with this name is visible to the service connection, in its own subscription or another of the tenant.',
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
    cause:
      'Access policies and role assignments can name only principals of the tenant of the vault. A vault keeps its tenant when its subscription moves to another one.',
    fix: 'Use a vault and an identity of the same tenant. After a move of the subscription: az keyvault update --name NAME --set properties.tenantId=TENANT.',
  },
  KVT004: {
    title: 'The access policies of the vault are full',
    cause: 'A vault holds at most 1024 access policies.',
    fix: 'Remove entries that nobody needs, or move the vault to the Azure RBAC permission model.',
  },
  KVT005: {
    title: 'The key vault is deleted',
    cause:
      'Somebody deleted the vault. Azure keeps it for its retention time, in which nobody can read it and its name is taken.',
    fix: 'Recover it with "az keyvault recover --name NAME"; the task never recovers a vault itself.',
  },
  KVT006: {
    title: 'The key vault does not show the access policy yet',
    cause: 'The write succeeded, but reading the vault did not show it within the budget (input wait).',
    fix: 'Run the step again, or raise timeoutInMinutes; a second run finds what was written.',
  },
  KVT007: {
    title: 'The permission model of the key vault changed while the task waited',
    cause:
      'Somebody changed the vault from access policies to Azure RBAC, so the access policy that was written does not count.',
    fix: 'Run the step again: it makes the grant by the model that the vault has now.',
  },
} as const satisfies Record<string, CatalogueEntry>;
