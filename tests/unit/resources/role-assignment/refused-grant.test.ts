import assert from 'node:assert/strict';
import { existingName } from '../../../../src/resources/role-assignment/refused-grant.ts';

function refusal(message: string): Error {
  const bodyAsText = JSON.stringify({ error: { code: 'RoleAssignmentExists', message } });
  return Object.assign(new Error('as the SDK words it'), { statusCode: 409, response: { bodyAsText } });
}

describe('the name in a RoleAssignmentExists', () => {
  const table: readonly (readonly [string, string, string | undefined])[] = [
    [
      'is written without dashes',
      'The role assignment already exists. The ID of the existing role assignment is 6c0f1f2e3d4c5b6a7988776655443322.',
      '6c0f1f2e-3d4c-5b6a-7988-776655443322',
    ],
    ['is not there in the older text', 'The role assignment already exists.', undefined],
    ['is no longer number', `It is ${'0'.repeat(33)}.`, undefined],
  ];
  for (const [title, message, expected] of table) {
    it(title, () => {
      assert.equal(existingName(refusal(message)), expected);
    });
  }
});
