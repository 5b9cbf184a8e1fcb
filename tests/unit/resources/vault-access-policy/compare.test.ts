import assert from 'node:assert/strict';
import type { AccessPolicy } from '../../../../src/azure/vault-lookup.ts';
import { compareVaultAccessPolicy, plainEntry } from '../../../../src/resources/vault-access-policy/compare.ts';
import type { VaultAccessPolicySpec } from '../../../../src/resources/vault-access-policy/spec.ts';

function entry(objectId: string, secrets: readonly string[], applicationId?: string): AccessPolicy {
  return {
    objectId,
    secrets,
    keys: [],
    certificates: [],
    storage: [],
    ...(applicationId === undefined ? {} : { applicationId }),
  };
}

function spec(policies: readonly AccessPolicy[] = [], tenantId = 't'): VaultAccessPolicySpec {
  const network = { publicAccess: true, defaultAllow: true, ipRules: [], privateEndpoints: 0 };
  return {
    vault: {
      name: 'kv',
      resourceId: '/kv',
      subscriptionId: 's',
      resourceGroup: 'rg',
      tenantId: 't',
      uri: 'https://kv.vault.azure.net/',
      network,
      model: 'accessPolicy',
      policies,
    },
    principalId: 'p',
    principalLabel: 'app',
    secretPermissions: ['get'],
    tenantId,
  };
}

const nothing = { found: false } as const;
const have = (...secrets: string[]): { found: true; state: AccessPolicy } => ({
  found: true,
  state: entry('p', secrets),
});

describe('compareVaultAccessPolicy', () => {
  it('creates a missing entry', () => {
    assert.deepEqual(compareVaultAccessPolicy(spec(), nothing, 'present'), { action: 'create' });
  });

  it('flags a compound entry, which does not apply to the identity', () => {
    const note = 'the compound entry with application id a does not apply to it';
    const policies = [entry('P', ['get'], 'a'), entry('other', ['get'], 'b')];
    assert.deepEqual(compareVaultAccessPolicy(spec(policies), nothing, 'present'), { action: 'create', note });
    assert.deepEqual(compareVaultAccessPolicy(spec(policies), have('get'), 'present'), {
      action: 'none',
      note: `exists; ${note}`,
    });
  });

  it('adds get to what the entry has', () => {
    assert.deepEqual(compareVaultAccessPolicy(spec(), have('list'), 'present'), {
      action: 'update',
      fields: [{ field: 'secrets', from: 'list', to: 'list, get' }],
    });
  });

  it('is satisfied by get and by all', () => {
    for (const observed of [have('get'), have('all')]) {
      assert.deepEqual(compareVaultAccessPolicy(spec(), observed, 'present'), { action: 'none', note: 'exists' });
    }
  });

  it('does not take a compound entry for the principal itself', () => {
    const policies = [entry('p', ['get'], 'some-application'), entry('P', ['list'])];
    assert.deepEqual(plainEntry(policies, 'p')?.secrets, ['list']);
  });

  it('is blocked by another tenant and by a full vault', () => {
    const full = Array.from({ length: 1024 }, (_, index) => entry(String(index), ['get']));
    const codes = [spec([], 'other'), spec(full)].map((each) => {
      const difference = compareVaultAccessPolicy(each, nothing, 'present');
      return difference.action === 'blocked' ? difference.diagnostic.code : difference.action;
    });
    assert.deepEqual(codes, ['KVT003', 'KVT004']);
  });

  it('takes away get and keeps the rest', () => {
    assert.deepEqual(compareVaultAccessPolicy(spec(), have('get', 'list'), 'absent'), {
      action: 'delete',
      note: 'keeps list',
    });
    assert.deepEqual(compareVaultAccessPolicy(spec(), have('list'), 'absent'), { action: 'none', note: 'not there' });
    assert.equal(compareVaultAccessPolicy(spec(), have('all'), 'absent').action, 'none');
  });
});
