import assert from 'node:assert/strict';
import { armGuid, isGuid } from '../../../src/runtime/guid.ts';

describe('armGuid', () => {
  it('is the version 5 UUID of the values joined by hyphens', () => {
    // uuid.uuid5(uuid.UUID('11fb06fb-712d-4ddd-98c7-e71bbd588830'), 'a-b-c') of Python's standard library
    assert.equal(armGuid('a', 'b', 'c'), 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8');
  });

  it('gives the same name for the same values and another for others', () => {
    assert.equal(armGuid('/subscriptions/1', 'p', 'r'), armGuid('/subscriptions/1', 'p', 'r'));
    assert.notEqual(armGuid('/subscriptions/1', 'p', 'r'), armGuid('/subscriptions/1', 'q', 'r'));
  });

  it('is a GUID', () => {
    assert.equal(isGuid(armGuid('x')), true);
    assert.equal(isGuid('x'), false);
  });
});
