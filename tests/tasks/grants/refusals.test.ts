/** Azure's refusals of a role assignment: each told apart, with its cause and what to do. */
import assert from 'node:assert/strict';
import type { Intercept } from '../../../sandbox/kit/http-server.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { article, dedicated, text } from './support.ts';

const wanted = { ...dedicated, preset: 'none', grants: 'Reader @ {cluster}' };

/** Every PUT of an assignment is refused so. */
function refuse(status: number, code: string, message: string): Intercept {
  return ({ phase, method, path }) =>
    phase === 'before' && method === 'PUT' && path.includes('/roleAssignments/')
      ? { status, body: { error: { code, message } } }
      : undefined;
}

describe('refusals of role assignments', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(async () => {
    await world.stop();
  });

  // Texts as Azure words them in its documentation and in public issue threads.
  const table: readonly [number, string, string, string, RegExp][] = [
    [
      400,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      'GRA004',
      /az role assignment delete --ids "\/subscriptions\/.*\/roleAssignments\/[0-9a-f-]{36}"/,
    ],
    [
      400,
      'RoleAssignmentLimitExceeded',
      'No more role assignments can be created (code: RoleAssignmentLimitExceeded)',
      'GRA005',
      /500 per management group/,
    ],
    [
      400,
      'RoleDefinitionDoesNotExist',
      "The specified role definition with ID 'acdd72a7338548efbd42f606fba81ae7' does not exist.",
      'GRA001',
      /RoleDefinitionDoesNotExist/,
    ],
    [
      400,
      'UnmatchedPrincipalType',
      "The PrincipalId 'a' has type 'User' , which is different from specified PrinciaplType 'ServicePrincipal'.",
      'GRA011',
      /az ad sp show --id CLIENT_ID --query id/,
    ],
    [
      400,
      'InvalidPrincipalId',
      "The Principal ID 'a' is not valid. Principal ID must be a GUID.",
      'GRA011',
      /the object id of an app registration \(az ad app show\) is another one/,
    ],
    [400, 'BadRequestFormat', 'The request was incorrectly formatted.', 'GRA011', /az ad sp show --id CLIENT_ID/],
    [
      403,
      'AuthorizationFailed',
      "The client 'c' with object id 'o' does not have authorization (or an ABAC condition not fulfilled) to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/a'. If access was recently granted, please refresh your credentials.",
      // The sandbox's connection carries the action, so only a condition can be what refuses it.
      'GRA009',
      /does not allow this role \(Reader, acdd72a7-/,
    ],
    [
      409,
      'ScopeLocked',
      "The scope '/x' cannot perform write operation because following scope(s) are locked: '/subscriptions/s'. Please remove the lock and try again.",
      'AZR004',
      /the lock on \/subscriptions\/s forbids it/,
    ],
    [
      403,
      'LinkedAuthorizationFailed',
      "The client 'c' with object id 'o' has permission to perform action 'Microsoft.Authorization/roleAssignments/write' on scope '/a'; however, it does not have permission to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '/b' or the linked scope(s) are invalid.",
      'AZR005',
      /Managed Identity Operator at \/b/,
    ],
    [
      403,
      'DenyAssignmentAuthorizationFailed',
      "The client 'c' with object id 'o' has permission to perform action 'Microsoft.Authorization/roleAssignments/write' on scope '/a'; however, the access is denied because of the deny assignment with name 'n' and Id 'i' at scope '/a'.",
      'AZR006',
      /the deny assignment "n" at \/a forbids it/,
    ],
    [
      409,
      'RoleAssignmentExists',
      'The role assignment already exists. The ID of the existing role assignment is 6c0f1f2e3d4c5b6a7988776655443322.',
      'GRA010',
      /6c0f1f2e-3d4c-5b6a-7988-776655443322 exists, but does not list it/,
    ],
  ];
  for (const [status, code, message, expected, next] of table) {
    it(`calls ${code} ${expected}`, async () => {
      world = await startWorld({ intercept: refuse(status, code, message) });
      const run = await world.run('AksRoleGrants', wanted);
      assert.equal(run.result, 'Failed');
      assert.match(text(run), new RegExp(`\\[${expected}\\]`));
      assert.match(text(run), next);
    });
  }

  it('counts an equal assignment that somebody made since the plan as done', async () => {
    let name = '';
    // The PUT takes effect, and is answered as if another pipeline had made the assignment a moment before.
    const intercept: Intercept = ({ phase, method, path }) => {
      if (method !== 'PUT' || !path.includes('/roleAssignments/') || phase !== 'after' || name !== '') return undefined;
      name = /roleAssignments\/([^?]+)/.exec(path)?.[1] ?? '';
      const message = `The role assignment already exists. The ID of the existing role assignment is ${name.replaceAll('-', '')}.`;
      return { status: 409, body: { error: { code: 'RoleAssignmentExists', message } } };
    };
    world = await startWorld({ intercept });
    const run = await world.run('AksRoleGrants', wanted);
    assert.equal(run.result, 'Succeeded', text(run));
    assert.notEqual(name, '');
  });

  it('tells constrained delegation from a missing role', async () => {
    const scenario = article();
    const [subscription] = scenario.subscriptions;
    const role = subscription!.customRoles.find((each) => each.name === 'Keyless Pods deployer')!;
    Object.assign(role, { actions: role.actions.filter((action) => !action.endsWith('roleAssignments/write')) });
    const missing = structuredClone(scenario);
    Object.assign(subscription!, {
      roleAssignments: [
        ...subscription!.roleAssignments,
        {
          name: 'cccccccc-1111-4222-8333-444444444444',
          role: 'Key Vault Data Access Administrator',
          principal: 'azure-pipelines',
          scope: `/subscriptions/${subscription!.id}`,
        },
      ],
    });
    world = await startWorld({ scenario });
    const constrained = await world.run('AksRoleGrants', wanted);
    assert.match(
      text(constrained),
      /\[GRA009\].*a condition on its own role assignment does not allow this role \(Reader/,
    );
    await world.stop();

    world = await startWorld({ scenario: missing });
    const lacking = await world.run('AksRoleGrants', wanted);
    assert.match(text(lacking), /\[AZR001\].*lacks Microsoft\.Authorization\/roleAssignments\/write/);
  });
});
