import assert from 'node:assert/strict';
import { nearestNames } from '../../../src/azure/nearest-names.ts';

const roles = [
  'Reader',
  'Key Vault Reader',
  'Key Vault Secrets User',
  'Key Vault Secrets Officer',
  'Managed Identity Operator',
  'Managed Identity Contributor',
  'Virtual Machine Contributor',
];

describe('nearestNames', () => {
  it('finds the name that a misspelt one means first', () => {
    assert.equal(nearestNames('Managed Identty Operator', roles)[0], 'Managed Identity Operator');
    assert.equal(nearestNames('KeyVault Secret User', roles)[0], 'Key Vault Secrets User');
    assert.equal(nearestNames('Contributor Virtual Machine', roles)[0], 'Virtual Machine Contributor');
  });

  it('gives three at most, and none that has nothing in common', () => {
    assert.equal(nearestNames('Key Vault', [...roles, 'Key Vault A', 'Key Vault B']).length, 3);
    assert.deepEqual(nearestNames('zzzz', roles), []);
    assert.deepEqual(nearestNames('', roles), []);
  });
});
