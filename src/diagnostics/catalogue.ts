import type { CatalogueEntry } from './catalogue-entry.ts';
import { checks } from './catalogue-checks.ts';
import { kubernetes } from './catalogue-kubernetes.ts';

export type { CatalogueEntry } from './catalogue-entry.ts';

const inputs = {
  INP001: {
    title: 'An input is missing or not allowed',
    cause: 'One or more inputs of the task are empty, malformed or contradict one another. Nothing was changed.',
    fix: 'Correct the inputs named in the message; each one says what was found and what is allowed.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const runs = {
  RUN001: {
    title: 'The task failed in a way it does not know',
    cause: 'This is a defect of the task, or an answer that it does not understand.',
    fix: 'Run the step again with the variable system.debug set to true and report the log with this code.',
  },
  RUN002: {
    title: 'The run was stopped',
    cause: 'The pipeline was cancelled or the step ran into its time-out. What was written until then stays.',
    fix: 'Run the step again: it goes on from what is there.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const connections = {
  CON001: {
    title: 'The service connection cannot be used',
    cause: 'The service connection uses a scheme or a cloud that the task does not support, or lacks a value it needs.',
    fix: 'Use an Azure Resource Manager service connection with a service principal (secret or certificate) or workload identity federation.',
  },
  CON002: {
    title: 'Microsoft Entra refused the credential of the service connection',
    cause:
      'The client id, the secret, the certificate or the tenant of the service connection is wrong, or the secret or certificate has expired.',
    fix: 'Verify the service connection in the project settings; renew its secret or certificate, or convert it to workload identity federation.',
  },
  CON003: {
    title: 'Azure DevOps gave no token for workload identity federation',
    cause:
      'The agent offers no OIDC request address (classic releases do not), or Azure DevOps refused to issue the token.',
    fix: 'Use a YAML pipeline, or a service connection with a secret; if it is a YAML pipeline, run the step again.',
  },
  CON004: {
    title: 'The address cannot be reached',
    cause: 'The name does not resolve, the connection was refused or cut, or its certificate is not trusted.',
    fix: 'Check the network of the agent: proxy (Agent.ProxyUrl and its bypass list), firewall, and the certificate authority (Agent.CAInfo).',
  },
  CON005: {
    title: 'The federated credential of the service connection does not match',
    cause: 'Microsoft Entra knows no federated credential with the issuer and subject that Azure DevOps presented.',
    fix: 'Open the service connection, compare issuer and subject with the federated credential of the app registration, and save it again.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const azure = {
  AZR001: {
    title: 'The service connection lacks a permission in Azure',
    cause:
      'No role of the service connection carries this action at this scope, or a condition or deny assignment takes it away.',
    fix: 'Give the service connection a role with this action at the scope named in the message (docs/permissions.md lists all).',
  },
  AZR002: {
    title: 'The subscription, resource group or resource does not exist',
    cause: 'The name is misspelt, or the service connection points at another subscription.',
    fix: 'Compare the names in the message with the portal; the subscription is the one of the service connection.',
  },
  AZR003: {
    title: 'Azure refused a request',
    cause: 'Azure Resource Manager answered with an error that the task has no better words for.',
    fix: 'Read what Azure said below; the correlation id helps Azure support to find the request.',
  },
  AZR004: {
    title: 'A lock forbids the change',
    cause: 'A management lock on the resource, its group or its subscription forbids writes or deletes.',
    fix: 'Remove the lock, or let someone who may do it make the change.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const clusters = {
  AKS001: {
    title: 'The cluster has no Kubernetes RBAC',
    cause: 'enableRBAC can be chosen only when a cluster is created, and this one was created without it.',
    fix: 'Create a new cluster with Kubernetes RBAC and move the workloads.',
  },
  AKS002: {
    title: 'The cluster has no managed identity',
    cause: 'The cluster was created with a service principal, so there is no kubelet identity to grant roles to.',
    fix: 'Convert the cluster with "az aks update --enable-managed-identity" and upgrade the node pools.',
  },
  AKS003: {
    title: 'The node resource group is locked',
    cause:
      'Node resource group lockdown (restrictionLevel ReadOnly) denies all writes there, so MIC cannot put identities on the scale sets.',
    fix: 'Set the restriction level back to Unrestricted, or use Microsoft Entra Workload ID, which needs no write in the node resource group.',
  },
  AKS004: {
    title: 'The cluster cannot be used in its present state',
    cause: 'The cluster is stopped, failed, or being changed.',
    fix: 'Start the cluster or wait until its provisioning state is Succeeded, then run the step again.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const grants = {
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
    cause: 'Azure allows 4000 role assignments per subscription.',
    fix: 'Remove orphaned and redundant assignments, or grant at a wider scope or to a group.',
  },
  GRA006: {
    title: 'Every pod that reaches the node can use the kubelet identity',
    cause:
      'The kubelet identity is on the scale set in any case: pods on the host network and pods excepted from Pod Identity get its tokens, too.',
    fix: 'Use a dedicated user-assigned identity (input identity); examples/dedicated-identity.yml shows how.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const vaults = {
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

export const catalogue = {
  ...inputs,
  ...runs,
  ...connections,
  ...azure,
  ...clusters,
  ...grants,
  ...vaults,
  ...kubernetes,
  ...checks,
} as const;

export type DiagnosticCode = keyof typeof catalogue;
