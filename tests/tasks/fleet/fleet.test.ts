import assert from 'node:assert/strict';
import type { Intercept } from '../../../sandbox/kit/http-server.ts';
import { fleetInputs, fleetScenario } from '../../support/fleet.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { grant, grantsMade, rowOf, textOf, writtenPaths } from './support.ts';

const named = 'rg-fleet-00/aks-00-000\nrg-fleet-01/aks-01-001';

describe('a task over many clusters', function () {
  this.timeout(120_000);
  let world: World;
  /** What the servers answer in place of the real thing. */
  let intercept: Intercept | undefined;
  before(async () => {
    const scenario = fleetScenario({ groups: 2, clusters: 4, elsewhere: { groups: 1, clusters: 2 } });
    world = await startWorld({ scenario, intercept: (event) => intercept?.(event) });
  });
  beforeEach(() => {
    intercept = undefined;
    world.sandbox.requests.clear();
  });
  afterEach(async () => {
    const run = await grant(world, 'rg-fleet-00/*\nrg-fleet-01/*', { action: 'remove' });
    assert.equal(run.result, 'Succeeded', textOf(run));
    assert.deepEqual(grantsMade(world), []);
  });
  after(() => world.stop());

  it('does those that are named, and only those; the second run changes nothing', async () => {
    const run = await grant(world, `# two of eight\n${named}`);
    assert.equal(run.result, 'Succeeded', textOf(run));
    assert.deepEqual(run.outputVariables, { changeCount: '6' });
    assert.equal(grantsMade(world).length, 6);
    assert.equal(rowOf(run, 'rg-fleet-00/aks-00-000'), 'rg-fleet-00/aks-00-000 3 0 done');
    assert.match(run.log.at(-1)!, /^Done: 2 clusters: 2 done; 6 changes, 0 unchanged/);

    world.sandbox.requests.clear();
    const again = await grant(world, named);
    assert.deepEqual(again.outputVariables, { changeCount: '0' });
    assert.deepEqual(world.writes(), []);
    assert.equal(rowOf(again, 'rg-fleet-01/aks-01-001'), 'rg-fleet-01/aks-01-001 0 3 unchanged');
  });

  it('writes into its report one line for each cluster', async () => {
    const run = await grant(world, named);
    const report = JSON.parse(run.attachments[0]!.content.toString()) as Readonly<Record<string, unknown>>;
    const id = (group: string, name: string): string =>
      `/subscriptions/${world.sandbox.scenario.subscriptions[0]!.id}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${name}`;
    const clusters = [
      ['rg-fleet-00', 'aks-00-000'],
      ['rg-fleet-01', 'aks-01-001'],
    ].map(([group = '', name = '']) => {
      const resourceId = id(group, name);
      return { cluster: `${group}/${name}`, resourceId, changes: 3, unchanged: 0, result: 'done' };
    });
    assert.deepEqual(report['fleet'], { total: 2, clusters });
    assert.deepEqual([report['version'], report['plan'], report['outcomes']], [1, { changes: [] }, []]);
  });

  it('asks nothing more of a cluster that the list of its group has told of', async () => {
    const run = await grant(world, 'rg-fleet-01/*');
    assert.deepEqual(run.outputVariables, { changeCount: '12' }, textOf(run));
    const clusters = world.sandbox.requests.all().filter(({ path }) => path.includes('/managedClusters'));
    assert.equal(clusters.length, 1, clusters.map(({ path }) => path).join('\n'));
  });

  it('does a cluster that several lines name once', async () => {
    const run = await grant(world, 'rg-fleet-00/*\nrg-fleet-00/aks-00-000\nRG-fleet-00/AKS-00-000');
    assert.deepEqual(run.outputVariables, { changeCount: '12' }, textOf(run));
    assert.equal(new Set(writtenPaths(world)).size, 12);
    assert.equal(writtenPaths(world).length, 12);
  });

  it('prints what it would do in a preview', async () => {
    const run = await grant(world, named, { action: 'preview' });
    assert.deepEqual(run.outputVariables, { changeCount: '6' }, textOf(run));
    assert.deepEqual(world.writes(), []);
    const plan = run.log.filter((line) => line.startsWith('  + role assignment'));
    assert.equal(plan.length, 6, textOf(run));
  });

  it('goes on where one cluster fails, and says which one and why', async () => {
    intercept = ({ phase, method, path }) =>
      phase === 'before' && method === 'PUT' && path.includes('aks-00-002')
        ? { status: 400, body: { error: { code: 'Broken', message: 'broken' } } }
        : undefined;
    const run = await grant(world, 'rg-fleet-00/*');
    assert.equal(run.result, 'Failed');
    assert.match(run.issues.at(-1)!.message, /\[FLT001\] 1 of 4 clusters failed: rg-fleet-00\/aks-00-002 \(AZR003\)/);
    assert.equal(rowOf(run, 'rg-fleet-00/aks-00-002'), 'rg-fleet-00/aks-00-002 1 0 FAILED [AZR003]', textOf(run));
    assert.equal(rowOf(run, 'rg-fleet-00/aks-00-003'), 'rg-fleet-00/aks-00-003 3 0 done');
    assert.deepEqual(run.outputVariables, { changeCount: '10' });
    assert.equal(grantsMade(world).length, 10);

    intercept = undefined;
    const next = await grant(world, 'rg-fleet-00/*');
    assert.deepEqual([next.result, next.outputVariables], ['Succeeded', { changeCount: '2' }], textOf(next));
  });

  it('fails a cluster that does not exist, and no other', async () => {
    const run = await grant(world, `${named}\nrg-fleet-00/aks-none`);
    assert.equal(run.result, 'Failed');
    assert.equal(rowOf(run, 'rg-fleet-00/aks-none'), 'rg-fleet-00/aks-none 0 0 FAILED [AZR002]', textOf(run));
    assert.deepEqual(run.outputVariables, { changeCount: '6' });
  });

  it('begins no other cluster after a failure with failFast', async () => {
    intercept = ({ phase, path }) =>
      phase === 'before' && path.includes('/roleAssignments')
        ? { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no right' } } }
        : undefined;
    const missing = Array.from({ length: 40 }, (_none, index) => `rg-fleet-00/none-${String(index)}`).join('\n');
    const run = await grant(world, missing, { failFast: 'true' });
    intercept = undefined;
    assert.equal(run.result, 'Failed');
    // Those that were under way with it are finished.
    const asked = world.sandbox.requests.all().filter(({ path }) => path.includes('/managedClusters/none-'));
    assert.ok(asked.length <= 16, `${String(asked.length)} clusters were asked for`);
    assert.match(run.issues.at(-1)!.message, /\d+ were not started \(failFast\)/);
    assert.match(textOf(run), /none-9 +- +- +not started/);
  });

  const refused: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
    [
      'clusters beside a cluster',
      { clusters: named, resourceGroup: 'rg-fleet-00', clusterName: 'aks-00-000' },
      /clusters is given together with resourceGroup and clusterName; allowed: one cluster/,
    ],
    ['no cluster at all', {}, /clusters is empty, and so are resourceGroup and clusterName/],
    ['half a name', { clusterName: 'aks-00-000' }, /resourceGroup is empty, but it is required/],
    ['a line that is no name', { clusters: 'aks-00-000' }, /clusters line 1 is "aks-00-000"; allowed: resourceGroup/],
    ['comments only', { clusters: '# nothing' }, /clusters has no line that names a cluster/],
  ];
  for (const [what, inputs, message] of refused) {
    it(`refuses ${what} before the first request`, async () => {
      const { azureSubscription } = fleetInputs;
      const run = await world.run('AksRoleGrants', { azureSubscription, ...inputs });
      assert.match(run.issues[0]!.message, /^\[INP001\]/);
      assert.match(run.issues[0]!.message, message);
      assert.deepEqual(world.sandbox.requests.all(), []);
    });
  }

  it('refuses a group without clusters before the first write', async () => {
    const run = await grant(world, `${named}\nrg-vaults-fleet/*`);
    assert.match(run.issues.at(-1)!.message, /\[FLT002\] rg-vaults-fleet\/\* in clusters names nothing/);
    assert.deepEqual(world.writes(), []);
  });

  it('refuses a group that does not exist before the first write', async () => {
    const run = await grant(world, `${named}\nrg-none/*`);
    assert.match(run.issues.at(-1)!.message, /\[AZR002\] Cannot list the clusters of resource group rg-none/);
    assert.deepEqual(world.writes(), []);
  });
});
