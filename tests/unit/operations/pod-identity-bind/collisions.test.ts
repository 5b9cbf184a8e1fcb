import assert from 'node:assert/strict';
import type { AzureIdentity, AzureIdentityBinding } from '../../../../src/kube/shapes.ts';
import { DiagnosticError } from '../../../../src/diagnostics/diagnostic.ts';
import { collisions, isShared } from '../../../../src/operations/pod-identity-bind/collisions.ts';

const names = { azureIdentityName: 'id', bindingName: 'id-binding', selector: 'id-selector' };

function binding(name: string, namespace: string, azureIdentity: string, selector: string): AzureIdentityBinding {
  return { apiVersion: 'x', kind: 'x', metadata: { name, namespace }, spec: { azureIdentity, selector } };
}

function identity(name: string, namespace: string): AzureIdentity {
  return { apiVersion: 'x', kind: 'x', metadata: { name, namespace } };
}

function codes(identities: readonly AzureIdentity[], bindings: readonly AzureIdentityBinding[]): readonly string[] {
  return collisions({ identities, bindings }, names, 'web').map(({ code }) => code);
}

describe('Bindings of others', () => {
  it('do not matter with another selector', () => {
    assert.deepEqual(codes([identity('other', 'web')], [binding('b', 'web', 'other', 'another')]), []);
  });

  it('refuse the run where the selector belongs to another identity of the namespace', () => {
    assert.throws(
      () => codes([], [binding('theirs', 'web', 'other', 'id-selector')]),
      (error) =>
        error instanceof DiagnosticError && error.diagnostic.code === 'POD007' && error.message.includes('theirs'),
    );
  });

  for (const [type, how] of [
    [1, 'secret'],
    [2, 'certificate'],
  ] as const)
    it(`refuse the run where our name is a service principal with a ${how}`, () => {
      const principal = (namespace: string): AzureIdentity => ({ ...identity('id', namespace), spec: { type } });
      assert.throws(
        () => codes([principal('web')], []),
        (error) =>
          error instanceof DiagnosticError && error.diagnostic.code === 'POD030' && error.message.includes(how),
      );
      assert.deepEqual(codes([principal('shop')], []), ['POD008']);
    });

  it('are no obstacle where they are the very binding that is wanted', () => {
    assert.deepEqual(codes([], [binding('id-binding', 'web', 'old', 'id-selector')]), []);
  });

  it('are warned of in other namespaces', () => {
    assert.deepEqual(codes([identity('id', 'shop')], [binding('b', 'shop', 'id', 'id-selector')]), [
      'POD007',
      'POD008',
    ]);
  });

  it('keep a shared AzureIdentity in a removal', () => {
    const others = (name: string): AzureIdentityBinding[] => [binding(name, 'web', 'id', 's')];
    assert.equal(isShared({ identities: [], bindings: others('second') }, names, 'web'), true);
    assert.equal(isShared({ identities: [], bindings: others('id-binding') }, names, 'web'), false);
    assert.equal(isShared(undefined, names, 'web'), false);
  });
});
