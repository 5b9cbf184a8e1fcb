import assert from 'node:assert/strict';
import { diagnostic } from '../../../../src/diagnostics/diagnostic.ts';
import { compareRoleAssignment } from '../../../../src/resources/role-assignment/compare.ts';
import type {
  FoundAssignment,
  RoleAssignmentSpec,
  RoleAssignmentState,
} from '../../../../src/resources/role-assignment/spec.ts';
import {
  newMarker,
  readMarker,
  withMaker,
  withoutMaker,
  writeMarker,
} from '../../../../src/resources/role-assignment/marker.ts';

const spec: RoleAssignmentSpec = {
  scope: '/subscriptions/s/resourceGroups/rg',
  scopeLabel: 'rg',
  roleId: 'role',
  roleName: 'Reader',
  principalId: 'p',
  principalLabel: 'app',
  subscriptionId: 's',
  madeBy: 'AksRoleGrants for cluster aks-1 (resource group rg, subscription 11111111)',
};

function found(description: string, scope = spec.scope): FoundAssignment {
  return {
    id: '/x',
    scope,
    roleId: 'role',
    principalId: 'p',
    description,
    condition: '',
    principalType: 'ServicePrincipal',
  };
}

function marked(maker: string, note?: string): string {
  return writeMarker(newMarker(maker, note));
}

const other = 'AksRoleGrants for cluster aks-2 (resource group rg, subscription 11111111)';
const ours = found(marked(spec.madeBy));
const theirs = found('made by hand');

describe('compareRoleAssignment', () => {
  const table: readonly [
    string,
    readonly FoundAssignment[],
    readonly FoundAssignment[],
    'present' | 'absent',
    object,
  ][] = [
    ['creates what is missing', [], [], 'present', { action: 'create' }],
    ['leaves an equal assignment under any name', [theirs], [], 'present', { action: 'none', note: 'exists' }],
    [
      'counts an inherited assignment',
      [],
      [found('', '/subscriptions/s')],
      'present',
      { action: 'none', note: 'inherited from /subscriptions/s' },
    ],
    [
      'does not count an inherited one that a task made',
      [],
      [found(marked(spec.madeBy), '/subscriptions/s')],
      'present',
      { action: 'create' },
    ],
    ['deletes what the task made', [ours], [], 'absent', { action: 'delete' }],
    [
      'never deletes what others made',
      [theirs],
      [],
      'absent',
      { action: 'none', note: 'stays: not made by this task' },
    ],
    [
      'has nothing to delete above the scope',
      [],
      [ours],
      'absent',
      { action: 'none', note: `not there; stays at ${spec.scope}` },
    ],
  ];
  for (const [title, here, above, wanted, expected] of table) {
    it(title, () => {
      const observed =
        here.length + above.length > 0
          ? ({ found: true, state: { here, above } } as const)
          : ({ found: false } as const);
      assert.deepEqual(compareRoleAssignment(spec, observed, wanted), expected);
    });
  }
});

describe('conditions and descriptions of role assignments', () => {
  const conditioned = { ...spec, condition: 'A' };
  const state = (
    here: readonly FoundAssignment[],
    more: Partial<RoleAssignmentState> = {},
  ): { found: true; state: RoleAssignmentState } => ({
    found: true,
    state: { here, above: [], ...more },
  });

  it('changes the condition of what the task made', () => {
    assert.deepEqual(compareRoleAssignment(conditioned, state([ours]), 'present'), {
      action: 'update',
      fields: [{ field: 'condition', from: 'none', to: 'A' }],
    });
    assert.deepEqual(compareRoleAssignment(spec, state([{ ...ours, condition: 'A' }]), 'present'), {
      action: 'update',
      fields: [{ field: 'condition', from: 'A', to: 'none' }],
    });
    assert.deepEqual(compareRoleAssignment(conditioned, state([{ ...ours, condition: 'A' }]), 'present'), {
      action: 'none',
      note: 'exists',
    });
  });

  it('is blocked by another condition of others', () => {
    const difference = compareRoleAssignment(conditioned, state([theirs]), 'present');
    assert.equal(difference.action, 'blocked');
    assert.equal(difference.diagnostic.code, 'GRA008');
  });

  it('does not count an inherited assignment with a condition, unless it is the same one', () => {
    const above = [{ ...theirs, scope: '/subscriptions/s', condition: 'A' }];
    assert.deepEqual(compareRoleAssignment(spec, state([], { above }), 'present'), { action: 'create' });
    assert.equal(compareRoleAssignment(conditioned, state([], { above }), 'present').action, 'none');
  });

  it('changes the description that a line gives and leaves the one of a line without', () => {
    const described = found(marked(spec.madeBy, 'for the dashboard'));
    assert.deepEqual(compareRoleAssignment({ ...spec, note: 'for audits' }, state([described]), 'present'), {
      action: 'update',
      fields: [{ field: 'description', from: 'for the dashboard', to: 'for audits' }],
    });
    assert.equal(compareRoleAssignment(spec, state([described]), 'present').action, 'none');
  });

  it('is blocked where the operation knows that it cannot be, or would be of no use', () => {
    const locked = diagnostic('AKS003', { message: 'locked' });
    const blocked = { action: 'blocked', diagnostic: locked };
    const useless = { ...spec, obstacle: { diagnostic: locked, evenIfThere: true } };
    assert.deepEqual(compareRoleAssignment(useless, state([ours]), 'present'), blocked);
    assert.equal(compareRoleAssignment(useless, state([ours]), 'absent').action, 'delete');
    const refused = { ...spec, obstacle: { diagnostic: locked, evenIfThere: false } };
    assert.deepEqual(compareRoleAssignment(refused, { found: false }, 'present'), blocked);
    assert.deepEqual(
      compareRoleAssignment(refused, state([], { above: [{ ...theirs, scope: '/subscriptions/s' }] }), 'present'),
      {
        action: 'none',
        note: 'inherited from /subscriptions/s',
      },
    );
  });
});

describe('an assignment that several clusters need', () => {
  const shared = found(writeMarker({ makers: [other, spec.madeBy], more: false, note: 'text' }));
  const state = (have: FoundAssignment): { found: true; state: RoleAssignmentState } => ({
    found: true,
    state: { here: [have], above: [] },
  });

  it('names each of them, and is left to the others', () => {
    const fields = [{ field: 'made for', from: other, to: `${other}, ${spec.madeBy}` }];
    assert.deepEqual(compareRoleAssignment(spec, state(found(marked(other))), 'present'), { action: 'update', fields });
    assert.deepEqual(compareRoleAssignment(spec, state(shared), 'present'), {
      action: 'none',
      note: `exists; also made for ${other}`,
    });
    assert.deepEqual(compareRoleAssignment(spec, state(shared), 'absent'), {
      action: 'update',
      fields: [{ field: 'made for', from: `${other}, ${spec.madeBy}`, to: other }],
      note: `stays for ${other}`,
    });
    assert.deepEqual(compareRoleAssignment(spec, state(found(marked(other))), 'absent'), {
      action: 'none',
      note: `stays: made for ${other}`,
    });
  });

  it('is blocked where they want different conditions', () => {
    const difference = compareRoleAssignment({ ...spec, condition: 'A' }, state(shared), 'present');
    assert.equal(difference.action, 'blocked');
    assert.match(difference.diagnostic.message, /also made for .*aks-2/);
  });

  it('is known by its name alone where an older version of the task made it', () => {
    const old = found('Made by Keyless Pods: AksRoleGrants for cluster AKS-1 - text');
    assert.equal(compareRoleAssignment(spec, state(old), 'present').action, 'none');
    assert.equal(compareRoleAssignment(spec, state(old), 'absent').action, 'delete');
    const namesake = { ...spec, madeBy: spec.madeBy.replace('resource group rg', 'resource group other') };
    assert.equal(compareRoleAssignment(namesake, state(ours), 'absent').action, 'none');
  });
});

describe('the marker of an assignment', () => {
  it('is read as it was written', () => {
    for (const marker of [
      newMarker('A for b (resource group (x), subscription 1)'),
      newMarker('A for b', 'one - two; three'),
      { makers: ['A', 'B'], more: true, note: 'n' },
    ])
      assert.deepEqual(readMarker(writeMarker(marker)), marker);
    assert.equal(readMarker('made by hand'), undefined);
  });

  it('says "and more" where a description has no room, and then is nobody to delete', () => {
    const makers = Array.from({ length: 40 }, (_, index) => `AksRoleGrants for cluster aks-${String(index)} (group)`);
    let full = newMarker('first');
    for (const maker of makers) full = withMaker(full, maker);
    assert.equal(full.more, true);
    assert.ok(writeMarker(full).length <= 1024);
    assert.deepEqual(withMaker(full, 'yet another'), full);
    let rest = full;
    for (const maker of full.makers) rest = withoutMaker(rest, maker);
    const have = found(writeMarker(rest));
    const difference = compareRoleAssignment(spec, { found: true, state: { here: [have], above: [] } }, 'absent');
    assert.deepEqual(difference, { action: 'none', note: 'stays: made for more' });
  });
});
