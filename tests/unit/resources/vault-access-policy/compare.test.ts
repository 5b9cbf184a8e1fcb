import assert from 'node:assert/strict';
import type { AccessPolicy, Vault } from '../../../../src/azure/vault.ts';
import type { Settlement } from '../../../../src/engine/settle.ts';
import { compareVaultAccessPolicy, plainEntry } from '../../../../src/resources/vault-access-policy/compare.ts';
import { grant, without } from '../../../../src/resources/vault-access-policy/entry.ts';
import { policiesShown } from '../../../../src/resources/vault-access-policy/shown.ts';
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

function spec(
  policies: readonly AccessPolicy[] = [],
  tenantId = 't',
  more: Partial<VaultAccessPolicySpec> = {},
): VaultAccessPolicySpec {
  const network = { publicAccess: true, defaultAllow: true, ipRules: [], subnets: [], privateEndpoints: 0 };
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
    permissions: { secrets: ['get'], keys: [], certificates: [] },
    tenantId,
    ...more,
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
      note: 'keeps secrets list',
    });
    assert.deepEqual(compareVaultAccessPolicy(spec(), have('list'), 'absent'), { action: 'none', note: 'not there' });
    assert.equal(compareVaultAccessPolicy(spec(), have('all'), 'absent').action, 'none');
  });

  it('compares keys and certificates beside secrets, in any letter case', () => {
    const permissions = { secrets: ['get'], keys: ['sign', 'unwrapKey'], certificates: [] };
    const state = { ...entry('p', ['get']), keys: ['unwrapkey', 'list'] };
    const wanted = spec([], 't', { permissions });
    assert.deepEqual(compareVaultAccessPolicy(wanted, { found: true, state }, 'present'), {
      action: 'update',
      fields: [{ field: 'keys', from: 'unwrapkey, list', to: 'unwrapkey, list, sign' }],
    });
    assert.deepEqual(compareVaultAccessPolicy(wanted, { found: true, state }, 'absent'), {
      action: 'delete',
      note: 'keeps keys list',
    });
    assert.deepEqual(without(wanted, state), {
      update: 'replace',
      entry: {
        tenantId: 't',
        objectId: 'p',
        permissions: { secrets: [], keys: ['list'], certificates: [], storage: [] },
      },
    });
    assert.equal(without(spec(), entry('p', ['list'])), undefined, 'somebody else has taken it away already');
    assert.deepEqual(grant(wanted).entry.permissions, { secrets: ['get'], keys: ['sign', 'unwrapKey'] });
  });

  it('shows what is left of access policies in a vault with Azure RBAC, and takes it away in a removal', () => {
    const rbac = spec([], 't', { vault: { ...spec().vault, model: 'rbac' } });
    assert.deepEqual(compareVaultAccessPolicy(rbac, have('get', 'list'), 'present'), {
      action: 'none',
      note: 'does not count: the vault uses Azure RBAC; the entry has secrets get, list',
    });
    assert.equal(compareVaultAccessPolicy(rbac, have('get'), 'absent').action, 'delete');
  });
});

describe('the wait for an access policy', () => {
  const measured = (wanted: 'present' | 'absent', ...vaults: readonly Partial<Vault>[]): Promise<Settlement[]> => {
    let asked = 0;
    const read = (): Promise<Vault> => Promise.resolve({ ...spec().vault, ...vaults[asked++] });
    const wait = policiesShown([{ spec: spec(), wanted }], read);
    return Promise.all(vaults.map(() => wait.measure(new AbortController().signal)));
  };

  it('ends when the vault shows it', async () => {
    const seen = await measured('present', { policies: [] }, { policies: [entry('P', ['get'])] });
    assert.deepEqual(seen, [
      { state: 'waiting', measured: 'not yet secrets get' },
      { state: 'settled', measured: 'as written' },
    ]);
    const gone = await measured('absent', { policies: [entry('p', ['get'])] }, { policies: [] });
    assert.deepEqual(
      gone.map(({ state }) => state),
      ['waiting', 'settled'],
    );
  });

  it('ends early where the vault goes by Azure RBAC meanwhile', async () => {
    const [seen] = await measured('present', { model: 'rbac' });
    assert.ok(seen);
    assert.equal(seen.state, 'hopeless');
    assert.equal(seen.diagnostic.code, 'KVT007');
  });
});
