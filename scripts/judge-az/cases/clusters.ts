/** `az aks` and `az resource`, as the article uses them. */
import type { Group } from '../case.ts';
import { arm, cluster, clusterGroup } from '../places.ts';

const as = 'azure-pipelines';
const named = '--resource-group _rg-aks-p-we-001 --name aks-p-we-001';
const agentPool =
  '/subscriptions/{subscription}/resourcegroups/MC__rg-aks-p-we-001_aks-p-we-001_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/aks-p-we-001-agentpool';

export const clusters: Group = {
  name: 'clusters',
  cases: [
    {
      title: "shows the article's cluster as a resource, with az's own spelling of its type",
      as,
      run: `az resource show ${named} --resource-type Microsoft.ContainerService/ManagedClusters --query properties.enableRBAC`,
      output: 'true',
      requests: [
        `GET ${arm}/providers/Microsoft.ContainerService @2024-11-01`,
        `GET ${arm}/resourcegroups/_rg-aks-p-we-001/providers/Microsoft.ContainerService//ManagedClusters/aks-p-we-001 @2026-06-01`,
      ],
    },
    {
      title: 'shows a cluster with its identities',
      as,
      run: `az aks show ${named}`,
      output: {
        name: 'aks-p-we-001',
        resourceGroup: '_rg-aks-p-we-001',
        nodeResourceGroup: 'MC__rg-aks-p-we-001_aks-p-we-001_westeurope',
        enableRbac: true,
        identityProfile: {
          kubeletidentity: {
            clientId: '{client:aks-p-we-001-agentpool}',
            objectId: '{object:aks-p-we-001-agentpool}',
            resourceId: agentPool,
          },
        },
        servicePrincipalProfile: { clientId: 'msi' },
        provisioningState: 'Succeeded',
        powerState: { code: 'Running' },
        agentPoolProfiles: [{ name: 'nodepool1', count: 1, type: 'VirtualMachineScaleSets', osType: 'Linux' }],
      },
      requests: [`GET ${cluster} @2026-06-01`],
    },
    {
      title: 'shows a cluster whose names are written in other letters',
      as,
      run: 'az aks show -g _RG-AKS-P-WE-001 -n AKS-P-WE-001 --query name -o tsv',
      output: 'aks-p-we-001',
    },
    {
      title: 'lists the clusters of a group',
      as,
      run: 'az aks list --resource-group _rg-aks-p-we-001 --query "[].nodeResourceGroup" -o tsv',
      output: 'MC__rg-aks-p-we-001_aks-p-we-001_westeurope',
      requests: [`GET ${clusterGroup}/providers/Microsoft.ContainerService/managedClusters @2026-06-01`],
    },
    {
      title: 'lists the clusters of a subscription',
      as,
      run: 'az aks list --query "[].name" -o tsv',
      output: 'aks-p-we-001',
      requests: [`GET ${arm}/providers/Microsoft.ContainerService/managedClusters @2026-06-01`],
    },
    {
      title: 'is told that there is no such cluster',
      as,
      run: 'az aks show -g _rg-aks-p-we-001 -n none',
      exit: 3,
      says: [
        "(ResourceNotFound) The Resource 'Microsoft.ContainerService/managedClusters/none' under resource group '_rg-aks-p-we-001' was not found.",
      ],
    },
    {
      title: 'is told that there is no such group',
      as,
      run: 'az aks show -g none -n aks-p-we-001',
      exit: 3,
      says: ["(ResourceGroupNotFound) Resource group 'none' could not be found."],
    },
    {
      title: "fetches the user's credentials",
      as,
      run: `az aks get-credentials ${named} --file kubeconfig && grep -c 'server: https://localhost' kubeconfig`,
      output: '1',
      says: ['1', 'Merged "aks-p-we-001" as current context in kubeconfig'],
      requests: [`POST ${cluster}/listClusterUserCredential @2026-06-01`],
    },
    {
      title: "fetches the administrator's credentials",
      as,
      run: `az aks get-credentials ${named} --admin --file kubeconfig`,
      says: ['Merged "aks-p-we-001-admin" as current context in kubeconfig'],
      requests: [`POST ${cluster}/listClusterAdminCredential @2026-06-01`],
    },
    {
      title: 'gets no credentials as a reader',
      as: 'auditor',
      run: `az aks get-credentials ${named} --file kubeconfig`,
      exit: 1,
      says: [
        "(AuthorizationFailed) The client '{client:auditor}' with object id '{object:auditor}' does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action' over scope",
      ],
      requests: [`POST ${cluster}/listClusterUserCredential @2026-06-01 -> 403`],
    },
    {
      title: 'finds a cluster among the resources by its type',
      as,
      run: 'az resource list --resource-type Microsoft.ContainerService/managedClusters --query "[].name" -o tsv',
      output: 'aks-p-we-001',
    },
  ],
};
