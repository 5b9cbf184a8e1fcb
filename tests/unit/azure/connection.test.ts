import assert from 'node:assert/strict';
import type { Connection } from '../../../src/azure/connection.ts';
import { readConnection } from '../../../src/azure/connection.ts';
import type { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import type { EndpointReader } from '../../../src/runtime/ports.ts';

interface Endpoint {
  readonly scheme?: string;
  readonly url?: string;
  readonly authorization?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
}

const principal = { tenantid: 'tenant', serviceprincipalid: 'client', serviceprincipalkey: 'k3y' };

function read(endpoint: Endpoint, masked: string[] = []): Connection {
  const get = (values: Endpoint['data'], key: string): string | undefined =>
    Object.entries(values ?? {}).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  const reader: EndpointReader = {
    url: () => endpoint.url,
    scheme: () => endpoint.scheme,
    authorization: (_id, key) => get(endpoint.authorization, key),
    data: (_id, key) => get(endpoint.data, key),
  };
  return readConnection(reader, 'id', (value) => masked.push(value));
}

describe('readConnection', () => {
  it('reads a service principal with a secret and masks the secret first', () => {
    const masked: string[] = [];
    const connection = read(
      { scheme: 'ServicePrincipal', authorization: principal, data: { subscriptionId: 's' } },
      masked,
    );
    assert.equal(connection.scheme, 'secret');
    assert.deepEqual(masked, ['k3y']);
    assert.equal(connection.cloud.resourceManager, 'https://management.azure.com');
    assert.equal(connection.cloud.authority, 'https://login.microsoftonline.com');
  });

  it('reads workload identity federation', () => {
    const connection = read({
      scheme: 'WorkloadIdentityFederation',
      authorization: principal,
      data: { subscriptionId: 's' },
    });
    assert.equal(connection.scheme, 'federation');
  });

  it('reads a managed identity, with the client id where there is one', () => {
    const scheme = 'ManagedServiceIdentity';
    const authorization = { tenantid: 't' };
    const clientIdOf = (data: Endpoint['data'], more: Endpoint['authorization'] = {}): string | undefined =>
      read({ scheme, authorization: { ...authorization, ...more }, data: { subscriptionid: 's', ...data } }).clientId;
    assert.equal(clientIdOf({}), undefined);
    assert.equal(clientIdOf({ msiclientId: '' }), undefined);
    assert.equal(clientIdOf({ msiclientId: 'one' }), 'one');
    assert.equal(clientIdOf({}, { msiclientId: 'two' }), 'two');
  });

  it("takes addresses from the connection's own data", () => {
    const data = { subscriptionid: 's', environment: 'AzureCloud', activeDirectoryAuthority: 'https://login.example/' };
    const { cloud } = read({ scheme: 'ServicePrincipal', url: 'https://arm.example/', authorization: principal, data });
    assert.equal(cloud.resourceManager, 'https://arm.example');
    assert.equal(cloud.authority, 'https://login.example');
  });

  it('replaces the retired name of the public authority', () => {
    const data = { subscriptionid: 's', environmentAuthorityUrl: 'https://login.windows.net/' };
    assert.equal(read({ authorization: principal, data }).cloud.authority, 'https://login.microsoftonline.com');
  });

  const refusals: readonly [string, Endpoint, RegExp][] = [
    ['another scheme', { scheme: 'PublishProfile' }, /scheme is PublishProfile; supported: .*ManagedServiceIdentity/],
    [
      'a certificate connection without its PEM',
      { authorization: { ...principal, authenticationType: 'spnCertificate' }, data: { subscriptionid: 's' } },
      /no certificate \(servicePrincipalCertificate\)/,
    ],
    ['no subscription', { authorization: principal }, /no subscription .*management group/],
    ['no client id', { authorization: { tenantid: 't' }, data: { subscriptionid: 's' } }, /no client id/],
    [
      'another cloud',
      { authorization: principal, data: { subscriptionid: 's', environment: 'AzureChinaCloud' } },
      /AzureChinaCloud/,
    ],
  ];
  for (const [title, endpoint, message] of refusals) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => read(endpoint),
        (error: DiagnosticError) => error.diagnostic.code === 'CON001' && message.test(error.message),
      );
    });
  }
});
