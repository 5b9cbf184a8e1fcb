/** The article's three script blocks, whole and unchanged, one after the other as its pipeline runs them. */
import { articleBlocks, articleFolder } from '../../azure-cli/article-blocks.ts';
import type { Group } from '../case.ts';
import { arm, cluster, clusterGroup, graph } from '../places.ts';

const as = 'azure-pipelines';
const { findAndReplace, assignRoles, openVault } = articleBlocks();

const nodeGroup = 'MC__rg-aks-p-we-001_aks-p-we-001_westeurope';
const agentPool = `/subscriptions/{subscription}/resourcegroups/${nodeGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/aks-p-we-001-agentpool`;
const showCluster = `GET ${cluster} @2026-06-01`;
const findPrincipal = `GET ${graph}/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '{client:aks-p-we-001-agentpool}')`;
const authorization = 'providers/Microsoft.Authorization';

/** Scopes as the script writes them: with `resourcegroups` in lower case. */
const grants = [
  { role: 'Virtual Machine Contributor', scope: `${arm}/resourcegroups/${nodeGroup}` },
  { role: 'Managed Identity Operator', scope: `${arm}/resourcegroups/${nodeGroup}` },
  { role: 'Managed Identity Operator', scope: `management.azure.com${agentPool}` },
  { role: 'Virtual Machine Contributor', scope: `${arm}/resourcegroups/_rg-aks-p-we-001` },
  { role: 'Managed Identity Operator', scope: `${arm}/resourcegroups/_rg-aks-p-we-001` },
].map(({ role, scope }) => {
  const find = `GET ${scope}/${authorization}/roleDefinitions?$filter=roleName eq '${role}' @2022-05-01-preview`;
  const put = `PUT ${scope}/${authorization}/roleAssignments/{guid} @2022-04-01`;
  const again = [
    `GET ${scope}/${authorization}/roleAssignments?$filter=atScope() @2022-04-01`,
    find,
    `GET ${scope}/${authorization}/roleDefinitions @2022-05-01-preview`,
    `POST ${graph}/directoryObjects/getByIds`,
  ];
  return {
    first: [findPrincipal, find, put],
    repeated: [findPrincipal, find, `${put} -> 409`, ...again],
    refused: [`${findPrincipal} -> 403`, find, `${put} -> 400`],
  };
});

/** The script asks for the cluster three times, assigns three roles, asks once more, and assigns two. */
const sequence = (kind: 'first' | 'repeated' | 'refused'): readonly string[] => {
  const asked = grants.map((grant) => grant[kind]);
  return [showCluster, showCluster, showCluster, ...asked.slice(0, 3).flat(), showCluster, ...asked.slice(3).flat()];
};

const vaultGroup = `${arm}/resourceGroups/_rg-infra-p-we-001/providers/Microsoft.KeyVault`;
const vault = `${vaultGroup}/vaults/kvpwe001 @2026-02-01`;

export const article: Group = {
  name: 'the article',
  cases: [
    {
      title: 'finds cluster and identity and writes them into the manifest',
      as,
      run: `cp -r "${articleFolder}/manifests" . && ${findAndReplace}\ngrep -E 'name:|resourceID:|clientID:' manifests/podIdentityAndBinding.yaml`,
      says: [
        'CLIENTID: {client:aks-p-we-001-agentpool}',
        'NAME: aks-p-we-001-agentpool',
        `RESOURCEID: ${agentPool}`,
        'name: aks-p-we-001-agentpool',
        `resourceID: ${agentPool}`,
        'clientID: {client:aks-p-we-001-agentpool}',
      ],
      requests: [
        `GET ${clusterGroup}/providers/Microsoft.ContainerService/managedClusters @2026-06-01`,
        showCluster,
        `GET ${arm}/resourceGroups/${nodeGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities @2025-05-31-preview`,
        showCluster,
      ],
    },
    {
      title: 'makes none of the five role assignments where the directory may not be read',
      as: 'no-directory',
      run: assignRoles,
      exit: 1,
      says: ['Assuming {client:aks-p-we-001-agentpool} as an object ID.', '(PrincipalNotFound)'],
      requests: sequence('refused'),
    },
    {
      title: 'makes the five role assignments: nineteen requests',
      as,
      run: assignRoles,
      requests: sequence('first'),
      changes: [
        '+ role assignment Managed Identity Operator for aks-p-we-001-agentpool at MC__rg-aks-p-we-001_aks-p-we-001_westeurope',
        '+ role assignment Managed Identity Operator for aks-p-we-001-agentpool at _rg-aks-p-we-001',
        '+ role assignment Managed Identity Operator for aks-p-we-001-agentpool at aks-p-we-001-agentpool',
        '+ role assignment Virtual Machine Contributor for aks-p-we-001-agentpool at MC__rg-aks-p-we-001_aks-p-we-001_westeurope',
        '+ role assignment Virtual Machine Contributor for aks-p-we-001-agentpool at _rg-aks-p-we-001',
      ],
    },
    {
      title: 'runs into five conflicts the second time, and changes nothing',
      as,
      run: assignRoles,
      requests: sequence('repeated'),
    },
    {
      title: "opens the vault by writing it back whole, and leaves the other team's policy as it is",
      as,
      run: openVault,
      requests: [
        `GET ${vaultGroup}/vaults @2026-02-01`,
        `GET ${vaultGroup}/managedHSMs @2026-02-01`,
        showCluster,
        `GET ${arm}/resources?$filter=resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'kvpwe001' @2015-11-01`,
        findPrincipal,
        `GET ${vault}`,
        `PUT ${vault}`,
      ],
      changes: ['+ access policy kvpwe001 for aks-p-we-001-agentpool'],
    },
  ],
};
