import assert from 'node:assert/strict';
import { InvalidCondition, NotImitatedCondition } from '../../../sandbox/azure/authorization/condition/condition.ts';
import { conditionHolds } from '../../../sandbox/azure/authorization/condition/evaluate.ts';
import { parseCondition } from '../../../sandbox/azure/authorization/condition/parse.ts';
import { appGroup, assignmentPath, startTestAzure, type Answered, type TestAzure } from './world.ts';

const name = '@Resource[Microsoft.KeyVault/vaults/secrets:name]';
const role = '@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]';
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

/** The action is roleAssignments/write. Source of the first fourteen: the examples of "conditions-format". */
const examples: readonly (readonly [string, boolean])[] = [
  ["ActionMatches{'Microsoft.Authorization/roleAssignments/*'}", true],
  ["ActionMatches{'Microsoft.Authorization/roleDefinitions/*'}", false],
  ["'abcd' StringLike 'a*c?'", true],
  ["'abcd' StringLike 'A*C?'", false],
  ["'abcd' StringLike 'a*c'", false],
  ["{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'blue', 'green'}", true],
  ["{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'orange', 'green'}", false],
  ["{'red', 'blue'} ForAllOfAnyValues:StringEquals {'orange', 'red', 'blue'}", true],
  ["{'red', 'blue'} ForAllOfAnyValues:StringEquals {'red', 'green'}", false],
  ['{10, 20} ForAnyOfAllValues:NumericLessThan {15, 18}', true],
  ['{10, 20} ForAllOfAllValues:NumericLessThan {5, 15, 18}', false],
  ['{10, 20} ForAllOfAllValues:NumericLessThan {25, 30}', true],
  ['{10, 20} ForAllOfAllValues:NumericLessThan {15, 25, 30}', false],
  [`NOT Exists ${name}`, false],
  [`${name} StringEquals 'Test-App'`, false],
  [`${name} StringEqualsIgnoreCase 'Test-App'`, true],
  [`${name} StringNotStartsWith 'db'`, true],
  [String.raw`'a*c' StringLike 'a\*c'`, true],
  [String.raw`'abc' StringLike 'a\*c'`, false],
  [`${role} ForAnyOfAllValues:GuidNotEquals {${owner}, ${reader.toUpperCase()}}`, false],
  [`!(${role} GuidEquals ${owner}) && (${name} StringStartsWith 'x' || ${role} GuidEquals ${reader})`, true],
  // What is not there fulfils no comparison, and its opposite neither.
  ["@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringNotEquals 'User'", false],
  ['Exists @Request[Microsoft.Authorization/roleAssignments:PrincipalType]', false],
  ["@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'orders'", false],
  ['@Resource[Microsoft.Storage/storageAccounts:isHnsEnabled] BoolEquals true', false],
  ["NOT SubOperationMatches{'Blob.List'}", true],
  ["'2026-06-01T00:00:00.0Z' DateTimeGreaterThan '2026-05-01T13:00:00.0Z'", true],
];

describe('a condition of a role assignment', () => {
  const attributes = {
    request: { 'microsoft.authorization/roleassignments:roledefinitionid': reader },
    resource: { 'microsoft.keyvault/vaults/secrets:name': 'test-app' },
  };
  for (const [condition, expected] of examples) {
    it(`is ${String(expected)}: ${condition}`, () => {
      assert.equal(conditionHolds(condition, 'Microsoft.Authorization/roleAssignments/write', attributes), expected);
    });
  }

  for (const condition of [
    '',
    "ActionMatches{'x'",
    "ActionMatches{'x'} AND",
    `${name} StringEquals`,
    `${name} Equals 'x'`,
    `${name} ForSomeOfAnyValues:StringEquals {'x'}`,
    `${name} StringEquals {'x', 'y'}`,
    "@Nobody[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'x'",
    `(${name} StringEquals 'x'`,
    `${name} StringEquals "x"`,
    "@Resource[name] StringEquals 'x'",
    // Needs parentheses, says "Grouping and precedence".
    `${name} StringEquals 'a' AND ${name} StringEquals 'b' OR ${name} StringEquals 'c'`,
  ]) {
    it(`is no condition: ${condition}`, () => {
      assert.throws(() => parseCondition(condition), InvalidCondition);
    });
  }

  for (const condition of [
    "@Environment[UtcNow] DateTimeGreaterThan '2026-05-01T13:00:00.0Z'",
    "@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Team] StringEquals 'x'",
  ]) {
    it(`is one that the sandbox cannot decide: ${condition}`, () => {
      assert.throws(() => parseCondition(condition), NotImitatedCondition);
    });
  }
});

describe('a role assignment with a condition', () => {
  let azure: TestAzure;
  before(async () => {
    azure = await startTestAzure();
  });
  after(() => azure.stop());

  const put = (more: object): Promise<Answered> =>
    azure.arm('PUT', assignmentPath(appGroup, '99999999-9999-4999-8999-999999999999'), {
      body: {
        properties: {
          roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${reader}`,
          principalId: azure.principal('other').objectId,
          ...more,
        },
      },
    });

  it('is refused where the condition is none, or of another version', async () => {
    for (const properties of [
      { condition: 'whatever', conditionVersion: '2.0' },
      { condition: `${name} StringEquals 'x'`, conditionVersion: '1.0' },
      { condition: `${name} StringEquals 'x'` },
    ]) {
      const { status, message } = await put(properties);
      assert.equal(status, 400);
      assert.match(message, /^The given role assignment condition is invalid\./);
    }
  });

  it('is answered by 501 where the sandbox could not decide about it later', async () => {
    const condition = "@Environment[UtcNow] DateTimeGreaterThan '2026-05-01T13:00:00.0Z'";
    const { status, message } = await put({ condition, conditionVersion: '2.0' });
    assert.equal(status, 501);
    assert.match(message, /@Environment.*sandbox\/azure\/authorization\/condition/);
  });

  it('shows its condition, also among the permissions of who holds it', async () => {
    const condition = `${name} StringStartsWith 'app-'`;
    const { status, body } = await put({ condition, conditionVersion: '2.0' });
    assert.equal(status, 201);
    const { properties } = body as unknown as { properties: object };
    assert.deepEqual({ condition, conditionVersion: '2.0', ...properties }, properties);
    const path = `${appGroup}/providers/Microsoft.Authorization/permissions?api-version=2022-05-01-preview`;
    const permissions = await azure.arm('GET', path, { as: 'other' });
    assert.deepEqual(permissions.body.value, [
      {
        actions: ['*/read'],
        ...{ notActions: [], dataActions: [], notDataActions: [] },
        ...{ condition, conditionVersion: '2.0' },
      },
    ]);
  });
});
