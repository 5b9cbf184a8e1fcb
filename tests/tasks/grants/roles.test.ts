/** How a line of `grants` names a role. */
import assert from 'node:assert/strict';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { article, dedicated, text } from './support.ts';

describe('a role in grants of AksRoleGrants@1', function () {
  this.timeout(60_000);
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(async () => {
    await world.stop();
  });
  const lookups = (): string[] =>
    world.sandbox.requests
      .all()
      .filter(({ path }) => path.includes('/roleDefinitions'))
      .map(({ path }) => path.replace(/\?.*/, '').replace(/.*\/providers\/Microsoft\.Authorization\//, ''));

  const custom = article().subscriptions[0]!.customRoles[0]!;

  it('may be a custom one by its name, its id or its full id, looked up with one request', async () => {
    const full = `/subscriptions/${world.sandbox.connection.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${custom.id.toUpperCase()}`;
    const wanted = { ...dedicated, preset: 'none', action: 'preview' };
    const one = await world.run('AksRoleGrants', { ...wanted, grants: `${full} @ {cluster} # by its id` });
    assert.equal(one.result, 'Succeeded', text(one));
    assert.match(text(one), /\+ role assignment {2}Keyless Pods deployer for id-aks-helloworld at aks-p-we-001\n/);
    assert.deepEqual(lookups(), [`roleDefinitions/${custom.id.toLowerCase()}`]);

    world.sandbox.requests.clear();
    const grants = `${custom.name} @ {cluster}\n${custom.id} @ {clusterResourceGroup}\n${full} @ {nodeResourceGroup}`;
    const three = await world.run('AksRoleGrants', { ...wanted, grants });
    assert.equal(three.outputVariables['changeCount'], '3', text(three));
    assert.deepEqual(lookups(), ['roleDefinitions']);
  });

  it('costs no request where it is a common built-in one', async () => {
    const grants = 'acdd72a7-3385-48ef-bd42-f606fba81ae7 @ {cluster}\nNetwork Contributor @ {cluster}';
    const run = await world.run('AksRoleGrants', { ...dedicated, preset: 'none', grants, action: 'preview' });
    assert.match(text(run), /Reader for id-aks-helloworld/);
    assert.deepEqual(lookups(), []);
  });

  it('that does not exist is refused by its id in a preview, with what there is', async () => {
    const grants = '01234567-89ab-4cde-8f01-23456789abcd @ {cluster}';
    const run = await world.run('AksRoleGrants', { ...dedicated, preset: 'none', grants, action: 'preview' });
    assert.match(
      text(run),
      /\[GRA001\] The role "01234567-89ab-4cde-8f01-23456789abcd" does not exist in subscription .* Found: \d+ roles, custom: Keyless Pods deployer \(/,
    );
    assert.deepEqual(world.writes(), []);
  });

  it('is one goal in two lines, unless they contradict one another', async () => {
    const wanted = { ...dedicated, preset: 'none', action: 'preview' };
    const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
    const twice = await world.run('AksRoleGrants', { ...wanted, grants: `Reader @ {cluster}\n${reader} @ {cluster}` });
    assert.equal(twice.outputVariables['changeCount'], '1', text(twice));
    const grants = `Reader @ {cluster}\ncondition: a\n${reader} @ {cluster}\ncondition: b`;
    assert.match(text(await world.run('AksRoleGrants', { ...wanted, grants })), /\[INP001\] Two lines of grants/);
  });
});
