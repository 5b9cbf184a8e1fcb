import assert from 'node:assert/strict';
import { fleetScenario } from '../../support/fleet.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { grant, grantsMade, rowOf, textOf } from './support.ts';

const clusters = "query: resources\n  | where type =~ 'microsoft.containerservice/managedclusters'";

describe('clusters by a query', function () {
  this.timeout(120_000);
  let world: World;
  beforeEach(async () => {
    const scenario = fleetScenario({ groups: 2, clusters: 3, elsewhere: { groups: 1, clusters: 2 } });
    world = await startWorld({ scenario });
  });
  afterEach(() => world.stop());

  it('are those of every subscription that the connection sees', async () => {
    const run = await grant(world, clusters);
    assert.deepEqual([run.result, run.outputVariables], ['Succeeded', { changeCount: '24' }], textOf(run));
    const [home, elsewhere] = world.sandbox.scenario.subscriptions.map(({ id }) => id);
    const made = grantsMade(world);
    assert.equal(made.filter((each) => each.includes(home!)).length, 18);
    assert.equal(made.filter((each) => each.includes(elsewhere!)).length, 6);
    const far = `${elsewhere!}/rg-fleet-x00/aks-x00-001`;
    assert.equal(rowOf(run, far), `${far} 3 0 done`);

    const again = await grant(world, clusters);
    assert.deepEqual(again.outputVariables, { changeCount: '0' }, textOf(again));
  });

  it('may be narrowed, and stand beside other lines', async () => {
    const one = `${clusters}\n  | where name == 'aks-x00-000'\n  | project id\nrg-fleet-00/aks-00-000`;
    const run = await grant(world, one);
    assert.deepEqual([run.result, run.outputVariables], ['Succeeded', { changeCount: '6' }], textOf(run));
  });

  it('give a warning where there are none', async () => {
    const run = await grant(world, `${clusters}\n  | where name == 'nobody'`);
    assert.deepEqual(run.outputVariables, { changeCount: '0' }, textOf(run));
    assert.equal(run.result, 'Succeeded');
    const warnings = run.issues.filter(({ type }) => type === 'warning');
    assert.match(
      warnings.map(({ message }) => message).join('\n'),
      /\[FLT002\] The query "resources" names no cluster/,
    );
  });

  const refused: readonly [string, string, RegExp][] = [
    ['is none', 'query: resources | where type =~', /\[FLT003\].*refuses it/s],
    ['gives no ids', `${clusters}\n  | project name`, /\[FLT003\].*no column id/],
    [
      'gives more than clusters',
      "query: resources | where type =~ 'microsoft.keyvault/vaults'",
      /more than AKS clusters/,
    ],
  ];
  for (const [what, query, message] of refused) {
    it(`are refused before the first write where the query ${what}`, async () => {
      const run = await grant(world, query);
      assert.equal(run.result, 'Failed');
      assert.match(run.issues.at(-1)!.message, message);
      assert.deepEqual(world.writes(), []);
    });
  }
});
