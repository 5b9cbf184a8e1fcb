import type { CatalogueEntry } from './catalogue-entry.ts';

export const azure = {
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
  AZR005: {
    title: 'The service connection lacks a permission on another resource that the request names',
    cause: 'Azure asks for a right on every resource that a request links to, such as an identity that is handed out.',
    fix: 'Give the service connection a role with this action at the linked scope; for identities: Managed Identity Operator.',
  },
  AZR006: {
    title: 'A deny assignment forbids the change',
    cause:
      'Azure itself made the deny assignment (node resource group lockdown of AKS, a managed application, a deployment stack). It wins over every role.',
    fix: 'Change the setting that made it: for AKS, set the restriction level of the node resource group back to Unrestricted, or use Microsoft Entra Workload ID.',
  },
  AZR007: {
    title: 'Azure throttles the service connection',
    cause:
      'Azure counts the requests of a principal in a subscription (200 writes, and 10 more each second), and all pipelines with this service connection share that count.',
    fix: 'Run the step again later: it goes on from what is there. Or raise timeoutInMinutes, or give busy pipelines service connections of their own.',
  },
  AZR008: {
    title: 'The answer is not one that Azure gives',
    cause:
      'Something between the agent and Azure (a proxy, a gateway, the sign-in page of a network) answered in its place, cut the answer short or changed it.',
    fix: 'Look from the agent with curl what this address answers, and let the proxy pass it through untouched; then run the step again.',
  },
  AZR009: {
    title: 'Azure cannot serve the request at the moment',
    cause: 'Azure, or a gateway before it, answered that it is busy, failing or too slow, and went on doing so.',
    fix: 'Run the step again later (Service Health in the portal shows outages); a larger timeoutInMinutes lets the task wait for longer.',
  },
  AZR010: {
    title: 'Azure does not accept the token of the service connection',
    cause:
      'The token was fetched anew and was refused again: it is for another tenant or cloud, or the clock of the agent or of Azure is wrong.',
    fix: 'Check tenant and environment of the service connection and the clock of the agent, and run the step again.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export const clusters = {
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
    fix: 'Set the restriction level back to Unrestricted. What works with the lock: Microsoft Entra Workload ID, which needs no write in the node resource group (preset: none), and grants at other scopes.',
  },
  AKS004: {
    title: 'The cluster cannot be used in its present state',
    cause: 'The cluster is stopped, failed, or being changed.',
    fix: 'Start the cluster or wait until its provisioning state is Succeeded, then run the step again.',
  },
  AKS005: {
    title: 'The cluster has no service principal',
    cause: 'principalObjectId names the service principal of a cluster, and this cluster uses managed identities.',
    fix: 'Leave principalObjectId empty: the task reads the identity from the cluster.',
  },
  AKS006: {
    title: 'principalObjectId is a client id',
    cause:
      'An application has a client id, and its service principal has an object id. Roles go to the object id; only Microsoft Graph leads from one to the other, and the task does not ask it.',
    fix: 'Set principalObjectId to what "az ad sp show --id CLIENT_ID --query id" prints.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export const fleets = {
  FLT001: {
    title: 'Some clusters of the fleet failed',
    cause: 'Each cluster is done by itself; one that fails does not keep the others from being done.',
    fix: 'Look at the reasons in the log, mend them, and run the step again: what is done already is not done again.',
  },
  FLT002: {
    title: 'A line of the input clusters names nothing',
    cause: 'The resource group has no AKS cluster that the service connection can see.',
    fix: 'Check the name of the resource group and the subscription of the service connection, or leave the line out.',
  },
  FLT003: {
    title: 'The query for clusters cannot be used',
    cause: 'Azure Resource Graph refuses the query, or what it gives are not the ids of AKS clusters.',
    fix: "Try the query in the portal (Resource Graph Explorer). It must begin with resources, have where type =~ 'microsoft.containerservice/managedclusters', and keep the column id.",
  },
} as const satisfies Record<string, CatalogueEntry>;
