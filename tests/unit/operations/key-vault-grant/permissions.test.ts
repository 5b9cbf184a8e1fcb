import assert from 'node:assert/strict';
import { readKeyVaultGrantInputs } from '../../../../src/operations/key-vault-grant/inputs.ts';
import { networkNote } from '../../../../src/operations/key-vault-grant/notes.ts';
import { parsePermissions, roleFor } from '../../../../src/operations/key-vault-grant/permissions.ts';
import { InputReader } from '../../../../src/inputs/input-reader.ts';

describe('a list of permissions', () => {
  it('is read in any letter case, each once, in the spelling of the service', () => {
    assert.deepEqual(parsePermissions('secrets', 'List, GET,get,'), ['get', 'list']);
    assert.deepEqual(parsePermissions('keys', 'UNWRAPKEY, sign'), ['unwrapKey', 'sign']);
    assert.deepEqual(parsePermissions('certificates', ' None '), []);
  });

  it('is refused with what is allowed', () => {
    for (const text of ['all', 'get, read', ',', ''])
      assert.match(
        parsePermissions('secrets', text) as string,
        /^one or more of get, list, .* and purge.*or none$/,
        text,
      );
    assert.equal(typeof parsePermissions('certificates', 'get, none'), 'string');
    assert.equal(typeof parsePermissions('secrets', 'sign'), 'string');
  });

  const narrowest: readonly [Parameters<typeof roleFor>[0], readonly string[], string][] = [
    ['secrets', ['get', 'list'], 'Key Vault Secrets User'],
    ['secrets', ['get', 'set'], 'Key Vault Secrets Officer'],
    ['keys', ['get', 'sign', 'unwrapKey', 'backup'], 'Key Vault Crypto User'],
    ['keys', ['sign', 'rotate'], 'Key Vault Crypto Officer'],
    ['certificates', ['get', 'list'], 'Key Vault Certificate User'],
    ['certificates', ['get', 'import'], 'Key Vault Certificates Officer'],
  ];
  for (const [content, permissions, role] of narrowest)
    it(`of ${content} means ${role} for ${permissions.join(' and ')}`, () => {
      assert.equal(roleFor(content, permissions), role);
    });
});

describe('the inputs of KeyVaultGrant', () => {
  const problemsOf = (inputs: Readonly<Record<string, string>>): string => {
    const given: Record<string, string> = { azureSubscription: 'c', keyVault: 'kv1', identity: 'rg/app', ...inputs };
    const reader = new InputReader<Parameters<Parameters<typeof readKeyVaultGrantInputs>[0]['required']>[0]>(
      (name) => given[name],
    );
    readKeyVaultGrantInputs(reader);
    try {
      reader.failIfProblems();
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };

  it('ask for something', () => {
    assert.match(problemsOf({ secretPermissions: 'none' }), /^Input secretPermissions is "none"/);
    assert.equal(problemsOf({ secretPermissions: 'none', keyPermissions: 'sign' }), '');
  });

  it('narrow secrets and nothing else to one secret', () => {
    assert.equal(problemsOf({ secretName: 'password' }), '');
    assert.match(problemsOf({ secretName: 'password', keyPermissions: 'sign' }), /^Input secretName is "password"/);
    assert.match(
      problemsOf({ secretName: 'p', secretPermissions: 'none', certificatePermissions: 'get' }),
      /secretName/,
    );
  });

  it('need a group for an identity that is given by its name, and a cluster for its own identities', () => {
    assert.match(problemsOf({ identity: 'app' }), /^Input resourceGroup is empty/);
    assert.equal(problemsOf({ identity: 'app', resourceGroup: 'rg' }), '');
    assert.match(problemsOf({ identity: 'kubelet', resourceGroup: 'rg' }), /^Input clusterName is empty/);
    assert.match(problemsOf({ identity: 'controlPlane', clusterName: 'aks-1' }), /^Input resourceGroup is empty/);
  });
});

describe('networkNote', () => {
  const open = { publicAccess: true, defaultAllow: true, ipRules: [], subnets: [], privateEndpoints: 0 };
  const note = (change: Partial<typeof open>): string | undefined =>
    networkNote({ name: 'kv', network: { ...open, ...change } });

  it('says nothing of an open vault', () => {
    assert.equal(note({}), undefined);
    assert.equal(note({ privateEndpoints: 1 }), undefined);
  });

  it('tells a firewall from a closed network', () => {
    assert.match(note({ defaultAllow: false }) ?? '', /has a firewall \(0 address ranges\)/);
    assert.match(
      note({ publicAccess: false, privateEndpoints: 2 }) ?? '',
      /closed to public networks.*\(2 private endpoint connections\)/,
    );
  });
});
