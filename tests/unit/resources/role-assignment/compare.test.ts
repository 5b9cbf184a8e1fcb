import assert from 'node:assert/strict';
import { compareRoleAssignment } from '../../../../src/resources/role-assignment/compare.ts';
import type { FoundAssignment, RoleAssignmentSpec } from '../../../../src/resources/role-assignment/spec.ts';
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
  return { id: '/x', scope, roleId: 'role', principalId: 'p', description };
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
          ? ({ found: true, state: { here, above } } as const)
          : ({ found: false } as const);
      assert.deepEqual(compareRoleAssignment(spec, observed, wanted), expected);
    });
  }
});
