/** `az keyvault`: vaults and their access policies. az reads the whole vault and writes it back. */
import type { Group } from '../case.ts';
import { arm, graph } from '../places.ts';

const as = 'azure-pipelines';
const vaults = 'providers/Microsoft.KeyVault/vaults';
const version = '@2026-02-01';
const byName = (name: string): string =>
  `GET ${arm}/resources?$filter=resourceType eq 'Microsoft.KeyVault/vaults' and name eq '${name}' @2015-11-01`;
const vault = (name: string): string => `${arm}/resourceGroups/rg-judge/${vaults}/${name} ${version}`;
const findPrincipal = `GET ${graph}/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '{client:id-judge}')`;
const policiesOf =
  '--query "properties.accessPolicies[].{who: objectId, secrets: sort(permissions.secrets), certificates: permissions.certificates}"';

const own = { who: '{object:azure-pipelines}', secrets: ['get', 'list', 'set'] };
const others = { who: '{object:billing-team}', secrets: ['get'], certificates: ['list'] };

export const keyVaults: Group = {
  name: 'vaults',
  cases: [
    {
      title: 'lists the vaults of a group, and asks for managed HSMs as well',
      as,
      run: 'az keyvault list --resource-group _rg-infra-p-we-001 --query "[].name" -o tsv',
      output: 'kvpwe001',
      requests: [
        `GET ${arm}/resourceGroups/_rg-infra-p-we-001/${vaults} ${version}`,
        `GET ${arm}/resourceGroups/_rg-infra-p-we-001/providers/Microsoft.KeyVault/managedHSMs ${version}`,
      ],
    },
    {
      title: 'lists the vaults of a subscription as resources',
      as,
      run: 'az keyvault list --query "[].name" -o tsv',
      output: 'kvpwe001\nkvjudge\nkvjudge-roles',
      requests: [
        `GET ${arm}/resources?$filter=resourceType eq 'Microsoft.KeyVault/vaults' @2015-11-01`,
        `GET ${arm}/providers/Microsoft.KeyVault/managedHSMs ${version}`,
      ],
    },
    {
      title: 'shows a vault that it finds by its name',
      as,
      run: 'az keyvault show -n kvjudge',
      output: {
        name: 'kvjudge',
        location: 'northeurope',
        resourceGroup: 'rg-judge',
        properties: {
          tenantId: '{tenant}',
          vaultUri: 'https://kvjudge.vault.azure.net/',
          enableRbacAuthorization: false,
          enableSoftDelete: true,
          softDeleteRetentionInDays: 90,
          publicNetworkAccess: 'Enabled',
          sku: { family: 'A', name: 'standard' },
          accessPolicies: [
            { objectId: '{object:azure-pipelines}', permissions: { secrets: ['get', 'list', 'set'] } },
            { objectId: '{object:billing-team}', permissions: { secrets: ['get'], certificates: ['list'] } },
          ],
        },
      },
      requests: [byName('kvjudge'), `GET ${vault('kvjudge')}`],
    },
    {
      title: 'is told that there is no such vault',
      as,
      run: 'az keyvault show -n none',
      exit: 1,
      says: ["The Vault 'none' not found within subscription."],
    },
    {
      title: "sets a policy by client id and leaves everybody else's as they are",
      as,
      run: `az keyvault set-policy --name kvjudge --spn {client:id-judge} --secret-permissions get ${policiesOf}`,
      output: [own, others, { who: '{object:id-judge}', secrets: ['get'] }],
      requests: [byName('kvjudge'), findPrincipal, `GET ${vault('kvjudge')}`, `PUT ${vault('kvjudge')}`],
      changes: ['+ access policy kvjudge for id-judge'],
    },
    {
      title: 'sets the same policy once more, which changes nothing',
      as,
      run: `az keyvault set-policy --name kvjudge --spn {client:id-judge} --secret-permissions get -o none`,
      output: '',
    },
    {
      title: 'sets a policy by object id without Microsoft Graph',
      as: 'no-directory',
      run: `az keyvault set-policy --name kvjudge --object-id {object:id-judge} --secret-permissions get list ${policiesOf}`,
      output: [own, others, { who: '{object:id-judge}', secrets: ['get', 'list'] }],
      requests: [byName('kvjudge'), `GET ${vault('kvjudge')}`, `PUT ${vault('kvjudge')}`],
      changes: ['~ access policy kvjudge for id-judge: secrets'],
    },
    {
      title: 'cannot set a policy by client id where the directory may not be read',
      as: 'no-directory',
      run: 'az keyvault set-policy --name kvjudge --spn {client:id-judge} --secret-permissions get',
      exit: 1,
      says: ['Insufficient privileges to complete the operation.'],
      requests: [byName('kvjudge'), `${findPrincipal} -> 403`],
    },
    {
      title: 'deletes a policy and nothing else',
      as,
      run: `az keyvault delete-policy --name kvjudge --object-id {object:id-judge} ${policiesOf}`,
      output: [own, others],
      requests: [byName('kvjudge'), `GET ${vault('kvjudge')}`, `PUT ${vault('kvjudge')}`],
      changes: ['- access policy kvjudge for id-judge'],
    },
    {
      title: 'sets no policies on a vault that knows roles only',
      as,
      run: 'az keyvault set-policy --name kvjudge-roles --object-id {object:id-judge} --secret-permissions get',
      exit: 1,
      says: ["Cannot set policies to a vault with '--enable-rbac-authorization' specified"],
    },
    {
      title: 'sets no policies as a reader',
      as: 'auditor',
      run: 'az keyvault set-policy --name kvjudge --object-id {object:id-judge} --secret-permissions get',
      exit: 1,
      says: [
        "(AuthorizationFailed) The client '{client:auditor}' with object id '{object:auditor}' does not have authorization to perform action 'Microsoft.KeyVault/vaults/write' over scope",
      ],
      requests: [byName('kvjudge'), `GET ${vault('kvjudge')}`, `PUT ${vault('kvjudge')} -> 403`],
    },
    {
      title: 'changes a vault and keeps what it does not speak of',
      as,
      run: `az keyvault update -n kvjudge --retention-days 30 ${policiesOf}`,
      output: [own, others],
      changes: ['~ vault kvjudge: softDeleteRetentionInDays'],
    },
    {
      title: 'creates a vault that knows roles only, as the newest version does',
      as,
      run: 'az keyvault create -n kvjudge-new -g rg-judge --query "[properties.enableRbacAuthorization, location]"',
      output: [true, 'northeurope'],
      requests: [
        `GET ${arm}/resourcegroups/rg-judge @2024-11-01`,
        `GET ${vault('kvjudge-new')} -> 404`,
        `PUT ${vault('kvjudge-new')}`,
        // The first answer says RegisteringDns: az looks until the name is registered.
        `GET ${vault('kvjudge-new')}`,
      ],
      changes: ['+ vault kvjudge-new'],
    },
    {
      title: 'cannot take the name of a vault in another group',
      as,
      run: 'az keyvault create -n kvpwe001 -g rg-judge',
      exit: 1,
      says: ["(VaultAlreadyExists) The vault name 'kvpwe001' is already in use."],
    },
  ],
};
