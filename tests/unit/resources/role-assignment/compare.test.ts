import assert from 'node:assert/strict';
import { diagnostic } from '../../../../src/diagnostics/diagnostic.ts';
import { compareRoleAssignment } from '../../../../src/resources/role-assignment/compare.ts';
import type {
  FoundAssignment,
  RoleAssignmentSpec,
  RoleAssignmentState,
} from '../../../../src/resources/role-assignment/spec.ts';
import { marker } from '../../../../src/resources/role-assignment/spec.ts';

const spec: RoleAssignmentSpec = {
  scope: '/subscriptions/s/resourceGroups/rg',
  scopeLabel: 'rg',
  roleId: 'role',
  roleName: 'Reader',
  principalId: 'p',
  principalLabel: 'app',
  subscriptionId: 's',
  madeBy: 'AksRoleGrants for cluster aks-1',
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

const ours = found(marker(spec.madeBy));
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
      [found(marker(spec.madeBy), '/subscriptions/s')],
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
    ['has nothing to delete above the scope', [], [ours], 'absent', { action: 'none', note: 'not there' }],
  ];
  for (const [title, here, above, wanted, expected] of table) {
    it(title, () => {
      const observed =
        here.length + above.length > 0
          ? ({ found: true, state: { here, above, orphaned: [] } } as const)
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
    state: { here, above: [], orphaned: [], ...more },
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
    const described = found(marker(spec.madeBy, 'for the dashboard'));
    assert.deepEqual(compareRoleAssignment({ ...spec, note: 'for audits' }, state([described]), 'present'), {
      action: 'update',
      fields: [{ field: 'description', from: 'for the dashboard', to: 'for audits' }],
    });
    assert.equal(compareRoleAssignment(spec, state([described]), 'present').action, 'none');
  });

  it('says which assignments are orphaned beside the one that it creates', () => {
    const orphaned = [{ ...ours, id: '/orphan', principalId: 'gone', principalType: 'Unknown' }];
    assert.deepEqual(compareRoleAssignment(spec, state([], { orphaned }), 'present'), {
      action: 'create',
      note: 'orphaned beside it, principal deleted: /orphan',
    });
  });

  it('is blocked where the operation knows that it cannot be', () => {
    const blocked = diagnostic('AKS003', { message: 'locked' });
    assert.deepEqual(compareRoleAssignment({ ...spec, blocked }, state([ours]), 'present'), {
      action: 'blocked',
      diagnostic: blocked,
    });
    assert.equal(compareRoleAssignment({ ...spec, blocked }, state([ours]), 'absent').action, 'delete');
  });
});
