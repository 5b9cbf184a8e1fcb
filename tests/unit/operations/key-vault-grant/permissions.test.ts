import assert from 'node:assert/strict';
import { networkNote } from '../../../../src/operations/key-vault-grant/network-note.ts';
import { parseSecretPermissions, roleFor } from '../../../../src/operations/key-vault-grant/permissions.ts';

describe('secretPermissions', () => {
  it('is a list in any letter case, each once', () => {
    assert.deepEqual(parseSecretPermissions('List, GET,get,'), ['get', 'list']);
  });

  it('is refused with what is allowed', () => {
    for (const text of ['all', 'get, read', ',', ''])
      assert.match(parseSecretPermissions(text) as string, /^one or more of get, list, .* and purge/, text);
  });

  it('means the narrowest role', () => {
    assert.equal(roleFor(['get', 'list']), 'Key Vault Secrets User');
    assert.equal(roleFor(['get', 'set']), 'Key Vault Secrets Officer');
  });
});

describe('networkNote', () => {
  const open = { publicAccess: true, defaultAllow: true, ipRules: [], privateEndpoints: 0 };
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
