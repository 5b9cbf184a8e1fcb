/** `az identity`: user-assigned identities. */
import type { Group } from '../case.ts';
import { arm } from '../places.ts';

const as = 'azure-pipelines';
const type = 'providers/Microsoft.ManagedIdentity/userAssignedIdentities';
const version = '@2025-05-31-preview';
const group = `GET ${arm}/resourcegroups/rg-judge @2024-11-01`;

export const identities: Group = {
  name: 'identities',
  cases: [
    {
      title: 'lists the identities of a group',
      as,
      run: 'az identity list --resource-group MC__rg-aks-p-we-001_aks-p-we-001_westeurope --query "[].name" -o tsv',
      output: 'aks-p-we-001-agentpool',
      requests: [`GET ${arm}/resourceGroups/MC__rg-aks-p-we-001_aks-p-we-001_westeurope/${type} ${version}`],
    },
    {
      title: 'lists the identities of a subscription',
      as,
      run: 'az identity list --query "[].name" -o tsv',
      output: 'aks-p-we-001-agentpool\nid-judge',
      requests: [`GET ${arm}/${type} ${version}`],
    },
    {
      title: 'shows an identity',
      as,
      run: 'az identity show -g rg-judge -n id-judge',
      output: {
        name: 'id-judge',
        clientId: '{client:id-judge}',
        principalId: '{object:id-judge}',
        tenantId: '{tenant}',
        location: 'northeurope',
        resourceGroup: 'rg-judge',
        id: `/subscriptions/{subscription}/resourcegroups/rg-judge/${type}/id-judge`,
        type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
      },
      requests: [`GET ${arm}/resourceGroups/rg-judge/${type}/id-judge ${version}`],
    },
    {
      title: 'is told that there is no such identity',
      as,
      run: 'az identity show -g rg-judge -n none',
      exit: 3,
      says: [
        "(ResourceNotFound) The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/none' under resource group 'rg-judge' was not found.",
      ],
    },
    {
      title: 'creates an identity where its group is, with a principal of its own',
      as,
      run: 'az identity create -g rg-judge -n id-new --tags team=judges',
      output: {
        name: 'id-new',
        location: 'northeurope',
        tags: { team: 'judges' },
        clientId: '{guid}',
        principalId: '{guid}',
        tenantId: '{tenant}',
      },
      requests: [group, `PUT ${arm}/resourceGroups/rg-judge/${type}/id-new ${version}`],
      changes: ['+ identity id-new'],
    },
    {
      title: 'creates the same identity once more, and it stays the same',
      as,
      run: 'before=$(az identity show -g rg-judge -n id-new --query principalId) && after=$(az identity create -g rg-judge -n id-new --tags team=judges --query principalId) && test "$before" = "$after"',
    },
    {
      title: 'gives it a role as soon as it is there',
      as,
      run: 'az role assignment create --role Reader --scope /subscriptions/{subscription}/resourceGroups/rg-judge --assignee-object-id $(az identity show -g rg-judge -n id-new --query principalId -o tsv) --assignee-principal-type ServicePrincipal --query scope',
      output: '"/subscriptions/{subscription}/resourceGroups/rg-judge"',
      changes: ['+ role assignment Reader for {guid} at rg-judge'],
    },
    {
      title: 'cannot move an identity to another region',
      as,
      run: 'az identity create -g rg-judge -n id-new --location westeurope',
      exit: 1,
      says: [
        "(InvalidResourceLocation) The resource 'id-new' already exists in location 'northeurope' in resource group 'rg-judge'.",
      ],
    },
    {
      title: 'deletes an identity; its role assignment stays behind',
      as,
      run: 'az identity delete -g rg-judge -n id-new',
      output: '',
      requests: [`DELETE ${arm}/resourceGroups/rg-judge/${type}/id-new ${version}`],
      changes: ['- identity id-new'],
    },
    {
      title: 'deletes what is not there without a word',
      as,
      run: 'az identity delete -g rg-judge -n id-new',
      output: '',
    },
    {
      title: 'creates nothing as a reader',
      as: 'auditor',
      run: 'az identity create -g rg-judge -n id-other',
      exit: 1,
      says: [
        "(AuthorizationFailed) The client '{client:auditor}' with object id '{object:auditor}' does not have authorization to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/write' over scope",
      ],
      requests: [group, `PUT ${arm}/resourceGroups/rg-judge/${type}/id-other ${version} -> 403`],
    },
  ],
};
