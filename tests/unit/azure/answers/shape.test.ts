import assert from 'node:assert/strict';
import { isAboutAsked, shapeOfAnswer } from '../../../../src/azure/answers/arm-shapes.ts';
import type { Shape } from '../../../../src/azure/answers/shape.ts';
import {
  fields,
  flag,
  groupName,
  guid,
  kept,
  keyed,
  list,
  misfit,
  moment,
  optional,
  place,
  resourceId,
  text,
  values,
  words,
} from '../../../../src/azure/answers/shape.ts';

describe('the shape of an answer', () => {
  const id = '0f6e5d4c-3b2a-4190-8877-665544332211';
  const table: readonly [string, Shape, readonly unknown[], readonly unknown[]][] = [
    ['text', text, ['', 'a', 'ä b'], [1, true, [], {}, 'a\nb', '\u001b[31m']],
    ['words', words, ['', 'a\r\nb'], [1]],
    ['guid', guid, [id, id.toUpperCase()], ['', `${id} `, `${id}\n`, 'x', 5]],
    ['moment', moment, ['2026-11-25T01:00:00Z', '2026-11-25'], ['', 'soon', 5]],
    ['flag', flag, [true, false], ['true', 0]],
    ['groupName', groupName, ['MC_a_b(c).d-e', 'ä'], ['', 'a/b', '..', 'a.', 'a b', 'x'.repeat(91)]],
    [
      'resourceId',
      resourceId,
      ['/subscriptions/s', '/a/b.c/'],
      ['', 'a', '/', '/a/../b', '/..', '/a?b', '/a//b', '/%2e'],
    ],
    ['place', place, ['/', '/a/b', '/a b/$c'], ['', 'a', '/a/../b', '/./a', '/a\nb']],
  ];
  for (const [name, shape, good, bad] of table) {
    it(`${name} fits what it should and nothing else`, () => {
      for (const value of good) assert.equal(misfit(shape, value, 'x'), undefined, JSON.stringify(value));
      for (const value of bad) assert.match(misfit(shape, value, 'x') ?? '', /^x is no /, JSON.stringify(value));
    });
  }

  it('says where what is wrong, and never shows the value', () => {
    const shape = fields({ id: text, properties: fields({ items: list(fields({ at: guid })), map: values(flag) }) });
    const answer = (properties: unknown): unknown => ({ id: 'a', properties });
    assert.equal(misfit(shape, answer({ items: [], map: {} })), undefined);
    assert.equal(misfit(shape, []), 'it is no object');
    assert.equal(misfit(shape, {}), 'id is missing');
    assert.equal(misfit(shape, answer(null)), 'properties is missing');
    assert.equal(
      misfit(shape, answer({ items: [{ at: id }, { at: 's3cret' }], map: {} })),
      'properties.items[1].at is no GUID',
    );
    assert.equal(misfit(shape, answer({ items: [], map: { a: 's3cret' } })), 'properties.map.* is no true or false');
    assert.equal(misfit(shape, answer({ items: {}, map: {} })), 'properties.items is no list');
  });

  it('also looks at keys that become paths', () => {
    const shape = keyed(resourceId, fields({ principalId: guid }));
    assert.equal(misfit(shape, { '/a/b': { principalId: id } }, 'x'), undefined);
    assert.equal(misfit(shape, { '/a/../b': { principalId: id } }, 'x'), 'x.* is no resource id');
    assert.equal(misfit(shape, { '/a/b': {} }, 'x'), 'x.*.principalId is missing');
  });

  it('keeps what it names, however deep, and nothing else', () => {
    const shape = fields({
      items: list(fields({ at: text })),
      map: values(fields({ on: optional(flag) })),
      ids: keyed(resourceId, fields({})),
      none: optional(list(text)),
    });
    const answer = {
      items: [{ at: 'a', more: 1 }],
      map: { x: { on: true, more: 'y' } },
      ids: { '/a/b': { more: [] } },
      none: null,
      agentPoolProfiles: 'no list',
    };
    assert.equal(misfit(shape, answer), undefined);
    const wanted = { items: [{ at: 'a' }], map: { x: { on: true } }, ids: { '/a/b': {} }, none: null };
    assert.deepEqual(kept(shape, answer), wanted);
  });

  it('is known of every list that a search for a vault asks for', () => {
    const base = 'https://management.azure.com/subscriptions';
    const subscriptions = shapeOfAnswer(`${base}?api-version=2022-12-01`);
    const deleted = shapeOfAnswer(`${base}/s/providers/Microsoft.KeyVault/deletedVaults?api-version=2026-02-01`);
    const role = shapeOfAnswer(`${base}/s/providers/Microsoft.Authorization/roleDefinitions/r?api-version=2022-04-01`);
    assert.ok(subscriptions && deleted && role);
    assert.equal(misfit(subscriptions, { value: [{ subscriptionId: '../x' }] }), 'value[0].subscriptionId is no GUID');
    assert.equal(misfit(deleted, { value: [{}] }), 'value[0].name is missing');
    assert.equal(misfit(role, { name: 'r', properties: {} }), 'properties.roleName is missing');
  });

  it('knows an answer about something else than was asked for', () => {
    const url = 'https://arm.example//subscriptions/s/resourceGroups/%C3%A4/providers/Microsoft.KeyVault/vaults/kv?a=b';
    const id = '/subscriptions/s/resourcegroups/\u00E4/providers/Microsoft.KeyVault/vaults/KV';
    assert.equal(isAboutAsked(url, { id, name: 'kv' }), true);
    assert.equal(isAboutAsked(url, { id: `${id}2`, name: 'kv' }), false);
    assert.equal(isAboutAsked(url, { id, name: 'null' }), false);
    assert.equal(isAboutAsked('https://arm.example/subscriptions', { value: [] }), true);
  });

  it('lets optional fields be missing or null, and reads none that an object inherits', () => {
    const shape = fields({ toString: optional(text), a: optional(text) });
    for (const value of [{}, { a: null }, { a: 'b' }]) assert.equal(misfit(shape, value), undefined);
    assert.equal(misfit(fields({ constructor: text }), {}), 'constructor is missing');
    assert.equal(misfit(fields({ id: text }), JSON.parse('{"__proto__": {"id": "x"}}')), 'id is missing');
  });

  it('is known for what the tasks ask, in any letter case', () => {
    const base = 'https://arm.example//subscriptions/s/resourcegroups/g/providers';
    for (const path of [
      '/Microsoft.ContainerService/managedClusters/c',
      '/microsoft.managedidentity/userassignedidentities/i',
      '/Microsoft.KeyVault/vaults/v',
      '/Microsoft.KeyVault/vaults/v/accessPolicies/add',
      '/Microsoft.KeyVault/vaults/v/providers/Microsoft.Authorization/roleAssignments/n',
      '/Microsoft.Authorization/roleAssignments',
      '/Microsoft.Authorization/roleDefinitions',
    ]) {
      assert.ok(shapeOfAnswer(`${base}${path}?api-version=1`), path);
    }
    assert.equal(shapeOfAnswer(`${base}/Microsoft.Authorization/permissions`), undefined);
  });
});
