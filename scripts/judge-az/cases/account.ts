/** `az account`: what az keeps of a login, and which tokens it asks for anew. */
import { nobody, type Group } from '../case.ts';
import { instanceDiscovery, openIdConfiguration, token } from '../places.ts';

const as = 'azure-pipelines';
const signedIn = [openIdConfiguration, token, 'GET management.azure.com/subscriptions @2022-12-01'];
const signIn =
  'az login --service-principal --tenant {tenant} -u {client:azure-pipelines} --password={secret:azure-pipelines} -o none';

export const account: Group = {
  name: 'account',
  cases: [
    {
      title: 'knows its version without a request',
      as: nobody,
      run: 'az version --query \'"azure-cli"\'',
      output: '"2.91.0"',
      requests: [],
    },
    {
      title: 'shows the account without a request',
      as,
      run: 'az account show',
      output: { environmentName: 'AzureCloud', id: '{subscription}', name: 'Contoso Production', tenantId: '{tenant}' },
      requests: [],
    },
    {
      title: 'lists the accounts without a request',
      as,
      run: 'az account list --query "[].name" -o tsv',
      output: 'Contoso Production\nContoso Playground',
      requests: [],
    },
    {
      title: 'lists the accounts anew',
      as,
      run: 'az account list --refresh --query "[].name" -o tsv',
      output: 'Contoso Production\nContoso Playground',
      requests: ['GET management.azure.com/subscriptions @2022-12-01'],
    },
    {
      title: 'turns to another subscription without a request',
      as,
      run: 'az account set --subscription {playground} && az account show --query name -o tsv',
      output: 'Contoso Playground',
      requests: [],
    },
    {
      title: 'refuses a subscription that it does not know',
      as,
      run: 'az account set --subscription nowhere',
      exit: 1,
      says: ["The subscription of 'nowhere' doesn't exist in cloud 'AzureCloud'."],
      requests: [],
    },
    {
      title: 'takes the token of its login for Resource Manager',
      as: nobody,
      run: `${signIn} && az account get-access-token --query "[subscription, tenant, tokenType]"`,
      output: ['{subscription}', '{tenant}', 'Bearer'],
      requests: signedIn,
    },
    {
      title: 'asks for one more token where a service asks for another audience',
      as: nobody,
      run: `${signIn} && az account get-access-token --resource-type ms-graph --query tokenType -o tsv`,
      output: 'Bearer',
      requests: [...signedIn, token],
    },
    {
      title: 'forgets everybody',
      as,
      run: 'az account clear && az account list --query "length(@)" && az account show',
      exit: 1,
      says: ["Please run 'az login' to setup account."],
      requests: [
        'GET login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration',
        instanceDiscovery,
      ],
    },
    {
      title: 'reads the groups of a subscription',
      as,
      run: 'az group list --query "[].name" -o tsv',
      output: '_rg-aks-p-we-001\nMC__rg-aks-p-we-001_aks-p-we-001_westeurope\n_rg-infra-p-we-001\nrg-judge',
    },
  ],
};
