import assert from 'node:assert/strict';
import type { Connection } from '../../../src/azure/connection.ts';
import { readConnection } from '../../../src/azure/connection.ts';
import type { Cloud } from '../../../src/azure/cloud.ts';
import { publicCloud } from '../../../src/azure/cloud.ts';
import type { Endpoint } from './endpoint-reader.ts';
import { endpointReader, refusal } from './endpoint-reader.ts';

const principal = { tenantid: 'tenant', serviceprincipalid: 'client', serviceprincipalkey: 'k3y' };

function read(
  { scheme, url, authorization, data }: Endpoint,
  masked: string[] = [],
  cloud: Cloud = publicCloud,
): Connection {
  const reader = endpointReader({ scheme, url, authorization, data });
  return readConnection(reader, 'id', { mask: (value) => masked.push(value), cloud });
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
    assert.equal(connection.cloud, publicCloud);
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

  const adfs: Cloud = {
    ...publicCloud,
    name: 'AzureStack',
    authority: 'https://adfs.x/adfs',
    identityProvider: 'adfs',
  };
  const subscription = { subscriptionid: 's' };

  for (const scheme of ['WorkloadIdentityFederation', 'ManagedServiceIdentity']) {
    it(`refuses ${scheme} where ADFS issues the tokens`, () => {
      assert.throws(
        () => read({ scheme, authorization: principal, data: subscription }, [], adfs),
        refusal('CON009', /ADFS/),
      );
    });
  }

  it('takes a service principal where ADFS issues the tokens', () => {
    assert.equal(read({ authorization: principal, data: subscription }, [], adfs).scheme, 'secret');
  });

  it('says of a connection to a management group that it has no subscription, and which group it is', () => {
    const data = { scopeLevel: 'ManagementGroup', managementGroupId: 'mg-platform', managementGroupName: 'Platform' };
    const message = /has no subscription: it is scoped to the management group mg-platform\.$/;
    assert.throws(() => read({ authorization: principal, data }), refusal('CON007', message));
  });

  it('says of any other connection without a subscription what is missing', () => {
    const message = /its data holds no subscriptionId/;
    assert.throws(
      () => read({ authorization: principal, data: { scopeLevel: 'Subscription' } }),
      refusal('CON007', message),
    );
  });

  const refusals: readonly [string, Endpoint, RegExp][] = [
    ['another scheme', { scheme: 'PublishProfile' }, /scheme is PublishProfile; supported: .*ManagedServiceIdentity/],
    [
      'a certificate connection without its PEM',
      { authorization: { ...principal, authenticationType: 'spnCertificate' }, data: { subscriptionid: 's' } },
      /no certificate \(servicePrincipalCertificate\)/,
    ],
    ['no client id', { authorization: { tenantid: 't' }, data: { subscriptionid: 's' } }, /no client id/],
  ];
  for (const [title, endpoint, message] of refusals) {
    it(`refuses ${title}`, () => {
      assert.throws(() => read(endpoint), refusal('CON001', message));
    });
  }
});
