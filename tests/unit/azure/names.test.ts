import assert from 'node:assert/strict';
import { parseIdentityChoice } from '../../../src/azure/identity-lookup.ts';
import { canonicalResourceId, covers, parseResourceId, sameScope } from '../../../src/azure/resource-id.ts';
import { parseVaultChoice } from '../../../src/azure/vault-lookup.ts';

const identityId = '/subscriptions/S/resourcegroups/RG/providers/Microsoft.ManagedIdentity/userAssignedIdentities/App';

describe('resource ids', () => {
  it('are taken apart in any letter case', () => {
    assert.deepEqual(parseResourceId(identityId), {
      subscriptionId: 'S',
      resourceGroup: 'RG',
      type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
      name: 'App',
    });
    assert.equal(parseResourceId('/subscriptions/S'), undefined);
  });

  it('lead nowhere else than they say', () => {
    for (const group of ['..', '.', 'a?b', 'a#b', '<a>', '%2e%2e', 'a\\b', 'a\nb', '\uD800'])
      assert.equal(parseResourceId(identityId.replace('RG', group)), undefined, group);
  });

  it('are written one way', () => {
    assert.equal(canonicalResourceId(identityId), identityId.replace('resourcegroups', 'resourceGroups'));
  });

  it('cover what lies below them and nothing beside them', () => {
    assert.equal(covers('/subscriptions/s', '/Subscriptions/S/resourceGroups/a'), true);
    assert.equal(covers('/subscriptions/s/resourceGroups/a', '/subscriptions/s/resourceGroups/ab'), false);
    assert.equal(covers('/subscriptions/s/resourceGroups/a', '/subscriptions/s'), false);
    assert.equal(covers('/', '/subscriptions/s'), true);
    assert.equal(sameScope('/subscriptions/s/', '/Subscriptions/S'), true);
  });
});

describe('the input identity', () => {
  it('is kubelet, a name, group/name or an id of an identity', () => {
    assert.deepEqual(parseIdentityChoice('Kubelet'), { by: 'kubelet' });
    assert.deepEqual(parseIdentityChoice('app'), { by: 'name', name: 'app' });
    assert.deepEqual(parseIdentityChoice('rg/app'), { by: 'group', resourceGroup: 'rg', name: 'app' });
    assert.deepEqual(parseIdentityChoice(identityId), { by: 'id', resourceId: identityId });
  });

  it('is nothing else', () => {
    for (const text of [
      'a/b/c',
      '/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv',
      '/x',
      'rg/',
      '../app',
      'rg/..',
      'rg/a?b',
      'a b',
      '##vso[x.y]z',
      identityId.replace('RG', '..'),
    ]) {
      assert.equal(parseIdentityChoice(text), undefined, text);
    }
  });
});

describe('the input keyVault', () => {
  it('is a name, group/name or an id of a vault', () => {
    assert.deepEqual(parseVaultChoice('kvpwe001'), { by: 'name', name: 'kvpwe001' });
    assert.deepEqual(parseVaultChoice('rg/kvpwe001'), { by: 'group', resourceGroup: 'rg', name: 'kvpwe001' });
    const id = '/subscriptions/S/resourceGroups/RG/providers/Microsoft.KeyVault/vaults/kv1';
    assert.deepEqual(parseVaultChoice(id), { by: 'group', resourceGroup: 'RG', name: 'kv1', subscriptionId: 'S' });
  });

  it('is nothing else', () => {
    for (const text of ['kv', '1kvault', 'a--b', 'x'.repeat(25), 'a/b/c', '../kv1', 'a?b/kv1', identityId])
      assert.equal(parseVaultChoice(text), undefined, text);
  });
});
