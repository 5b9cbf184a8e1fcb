/** `az login` as service connections do it, and how Entra refuses. */
import { nobody, type Group } from '../case.ts';
import { instanceDiscovery, openIdConfiguration, token } from '../places.ts';

const login = 'az login --service-principal --tenant {tenant}';
const subscriptions = 'GET management.azure.com/subscriptions @2022-12-01';
const signedIn = [openIdConfiguration, token, subscriptions];
const refused = [openIdConfiguration, `${token} -> 401`, instanceDiscovery];

const accounts = [
  { name: 'Contoso Production', id: '{subscription}', tenantId: '{tenant}', state: 'Enabled', isDefault: true },
  { name: 'Contoso Playground', id: '{playground}', tenantId: '{tenant}', state: 'Enabled', isDefault: false },
].map((each) => ({ ...each, user: { name: '{client:azure-pipelines}', type: 'servicePrincipal' } }));

export const signIn: Group = {
  name: 'sign-in',
  cases: [
    {
      title: 'signs in with a secret',
      as: nobody,
      run: `${login} -u {client:azure-pipelines} --password={secret:azure-pipelines}`,
      output: accounts,
      requests: signedIn,
    },
    {
      title: 'signs in with a certificate',
      as: nobody,
      run: `${login} -u {client:azure-pipelines} --certificate {certificate:azure-conn-certificate}`,
      output: accounts,
      requests: signedIn,
    },
    {
      title: 'signs in with a certificate whose chain it sends',
      as: nobody,
      run: `${login} -u {client:azure-pipelines} --certificate {certificate:azure-conn-certificate} --use-cert-sn-issuer`,
      output: accounts,
      requests: signedIn,
    },
    {
      title: 'signs in with a federated token',
      as: nobody,
      run: `${login} -u {client:azure-pipelines} --federated-token {assertion}`,
      output: accounts,
      requests: signedIn,
    },
    {
      title: 'is told that a principal without a role sees no subscription',
      as: nobody,
      run: `${login} -u {client:visitor} --password={secret:visitor}`,
      exit: 1,
      says: ['No subscriptions found for {client:visitor}.'],
      requests: signedIn,
    },
    {
      title: 'signs in without a subscription where that is allowed',
      as: nobody,
      run: `${login} -u {client:visitor} --password={secret:visitor} --allow-no-subscriptions`,
      output: [{ id: '{tenant}', name: 'N/A(tenant level account)', tenantId: '{tenant}' }],
      requests: signedIn,
    },
    {
      title: 'is refused with a wrong secret',
      as: nobody,
      run: `${login} -u {client:azure-pipelines} --password=wrong`,
      exit: 1,
      says: ['AADSTS7000215: Invalid client secret provided.', "for a secret added to app '{client:azure-pipelines}'"],
      requests: refused,
    },
    {
      title: 'is refused in a tenant that does not exist',
      as: nobody,
      run: 'az login --service-principal --tenant 00000000-1111-4222-8333-444444444444 -u {client:azure-pipelines} --password=wrong',
      exit: 1,
      says: ["AADSTS90002: Tenant '{guid}' not found."],
    },
    {
      title: 'is refused as an application of another tenant',
      as: nobody,
      run: `${login} -u {client:stranger} --password={secret:stranger}`,
      exit: 1,
      says: ["AADSTS700016: Application with identifier '{client:stranger}' was not found in the directory 'contoso'."],
      requests: [openIdConfiguration, `${token} -> 400`, instanceDiscovery],
    },
    {
      title: 'is refused with a certificate that ran out',
      as: nobody,
      run: `${login} -u {client:aged} --certificate {certificate:azure-conn-aged}`,
      exit: 1,
      says: ['AADSTS700027: ', 'The key used is expired.'],
      requests: refused,
    },
    {
      title: 'is refused with the certificate of another application',
      as: nobody,
      run: `${login} -u {client:azure-pipelines} --certificate {certificate:azure-conn-aged}`,
      exit: 1,
      says: ['AADSTS700027: ', 'The key was not found.'],
      requests: refused,
    },
    {
      title: 'is refused with a federated token that somebody altered',
      as: nobody,
      run: `${login} -u {client:azure-pipelines} --federated-token {assertion}AAAA`,
      exit: 1,
      says: ['AADSTS50013: Assertion failed signature validation.'],
      requests: refused,
    },
    {
      title: 'is refused with a federated token for an application that trusts no issuer',
      as: nobody,
      run: `${login} -u {client:no-directory} --federated-token {assertion}`,
      exit: 1,
      says: ['AADSTS70025: Client application has no configured federated identity credentials.'],
      requests: refused,
    },
  ],
};
