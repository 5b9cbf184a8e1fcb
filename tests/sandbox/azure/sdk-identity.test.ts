import assert from 'node:assert/strict';
import process from 'node:process';
import { KeyVaultManagementClient } from '@azure/arm-keyvault';
import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from '@azure/identity';
import { decodeJwt } from 'jose';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { parseScenario } from '../../../sandbox/scenario/load.ts';
import { postForm } from '../edge/requests.ts';

const scenario = parseScenario(`
tenants:
  - name: home
    applications:
      - name: pipeline
        certificate: valid
        federatedCredentials:
          - issuer: https://vstoken.dev.azure.com/c6d6bfcc-719a-5441-9d8b-ea40ae9b4382
            subject: sc://contoso/keyless-pods/federated
subscriptions:
  - name: Test
    tenant: home
    roleAssignments:
      - { role: Reader, principal: pipeline, scope: '{subscription}' }
      - { role: Reader, principal: machine, scope: '{subscription}' }
      - { role: Reader, principal: second, scope: '{subscription}' }
    resourceGroups:
      - { name: app, identities: [{ name: machine }, { name: second }, { name: elsewhere }], vaults: [{ name: kv0001 }] }
agent: { systemAssigned: app/machine, userAssigned: [app/second] }
serviceConnections:
  - { kind: AzureRM, name: federated, subscription: Test, scheme: WorkloadIdentityFederation, application: pipeline }
`);
const scope = 'https://management.azure.com/.default';

describe('the sandbox, asked with the credentials of @azure/identity', () => {
  let sandbox: Sandbox;
  const environment = process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'];
  before(async () => {
    sandbox = await startSandbox({ scenario });
    process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = sandbox.connection.agentMetadata;
  });
  after(async () => {
    if (environment === undefined) delete process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'];
    else process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = environment;
    await sandbox.stop();
  });
  const options = (): { authorityHost: string; disableInstanceDiscovery: true; tlsOptions: { ca: string } } => ({
    authorityHost: sandbox.connection.activeDirectory,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: sandbox.ca },
  });
  const idToken = async (): Promise<string> => {
    const { oidcRequestUri, job } = sandbox.connection;
    const { id } = scenario.serviceConnections[0]!;
    const { json } = await postForm(`${oidcRequestUri}?api-version=7.1&serviceConnectionId=${id}`, {
      form: {},
      ca: sandbox.ca,
      headers: { authorization: `Bearer ${job.accessToken}` },
    });
    return json['oidcToken'] as string;
  };
  const identity = (name: string): { readonly clientId: string; readonly principalId: string } =>
    scenario.subscriptions[0]!.resourceGroups[0]!.identities.find((each) => each.name === name)!;
  const identityId = (name: string): string =>
    `/subscriptions/${scenario.subscriptions[0]!.id}/resourceGroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  const application = scenario.tenants[0]!.applications[0]!;

  const credentials: Readonly<Record<string, { readonly make: () => TokenCredential; readonly holder: () => string }>> =
    {
      'a client secret': {
        make: () => {
          const { tenantId, clientId, clientSecret } = sandbox.connection;
          return new ClientSecretCredential(tenantId, clientId, clientSecret, options());
        },
        holder: () => application.objectId,
      },
      'a client certificate': {
        make: () => {
          const { tenantId, clientId, certificateFile } = sandbox.connection;
          return new ClientCertificateCredential(tenantId, clientId, certificateFile, options());
        },
        holder: () => application.objectId,
      },
      'a federated assertion': {
        make: () => {
          const { tenantId, clientId } = sandbox.connection;
          return new ClientAssertionCredential(tenantId, clientId, idToken, options());
        },
        holder: () => application.objectId,
      },
      'the machine’s own identity': {
        make: () => new ManagedIdentityCredential(),
        holder: () => identity('machine').principalId,
      },
      'an identity of the machine by client id': {
        make: () => new ManagedIdentityCredential({ clientId: identity('second').clientId }),
        holder: () => identity('second').principalId,
      },
      'an identity of the machine by object id': {
        make: () => new ManagedIdentityCredential({ objectId: identity('second').principalId }),
        holder: () => identity('second').principalId,
      },
      'an identity of the machine by resource id': {
        make: () => new ManagedIdentityCredential({ resourceId: identityId('second') }),
        holder: () => identity('second').principalId,
      },
    };

  for (const [title, { make, holder }] of Object.entries(credentials)) {
    it(`knows the holder of ${title}, at Entra and at Resource Manager`, async () => {
      const credential = make();
      const { token } = (await credential.getToken(scope))!;
      assert.equal(decodeJwt(token)['oid'], holder());
      sandbox.requests.clear();
      const { vaults } = new KeyVaultManagementClient(credential, scenario.subscriptions[0]!.id, {
        endpoint: sandbox.connection.resourceManager,
        credentials: { scopes: [scope] },
        tlsOptions: { ca: sandbox.ca },
      });
      assert.equal((await vaults.get('app', 'kv0001')).name, 'kv0001');
      const callers = sandbox.requests.all().filter(({ server }) => server === 'resourceManager');
      assert.deepEqual(
        callers.map(({ caller }) => caller),
        [holder()],
      );
    });
  }
  it('has no token of an identity that is not on the machine', async () => {
    const credential = new ManagedIdentityCredential({ clientId: identity('elsewhere').clientId });
    await assert.rejects(credential.getToken(scope), /Identity not found/);
  });
});
