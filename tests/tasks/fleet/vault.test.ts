import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fleetScenario } from '../../support/fleet.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { textOf } from './support.ts';

const query = "query: resources | where type =~ 'microsoft.containerservice/managedclusters'";

describe('a vault for many clusters', function () {
  this.timeout(120_000);
  let world: World;
  beforeEach(async () => {
    const scenario = fleetScenario({ groups: 1, clusters: 40, elsewhere: { groups: 1, clusters: 2 } });
    world = await startWorld({ scenario, throttling: 'off' });
  });
  afterEach(() => world.stop());

  const inputs = { azureSubscription: 'azure-conn', keyVault: 'kvfleet', clusters: query };
  const policies = (): readonly { readonly objectId: string }[] =>
    world.sandbox.azure.snapshot().vaults.find(({ name }) => name === 'kvfleet')!.accessPolicies;

  it('gets an access policy for each in few writes, and the vault is read once', async () => {
    const run = await world.run('KeyVaultGrant', inputs);
    assert.deepEqual([run.result, run.outputVariables], ['Succeeded', { changeCount: '42' }], textOf(run));
    assert.equal(new Set(policies().map(({ objectId }) => objectId)).size, 42);
    assert.ok(world.writes().length <= 10, `${String(world.writes().length)} writes`);
    const reads = world.sandbox.requests
      .all()
      .filter(({ method, path: asked }) => method === 'GET' && asked.includes('vaults'));
    assert.equal(reads.length, 1, reads.map((each) => each.path).join('\n'));

    world.sandbox.requests.clear();
    const again = await world.run('KeyVaultGrant', inputs);
    assert.deepEqual(again.outputVariables, { changeCount: '0' }, textOf(again));
    assert.deepEqual(world.writes(), []);

    const removal = await world.run('KeyVaultGrant', { ...inputs, action: 'remove' });
    assert.deepEqual([removal.result, removal.outputVariables], ['Succeeded', { changeCount: '42' }], textOf(removal));
    assert.deepEqual(policies(), []);
  });

  it('gets a role for each where it goes by roles', async () => {
    const run = await world.run('KeyVaultGrant', { ...inputs, keyVault: 'kvfleetroles' });
    assert.deepEqual([run.result, run.outputVariables], ['Succeeded', { changeCount: '42' }], textOf(run));
    const again = await world.run('KeyVaultGrant', { ...inputs, keyVault: 'kvfleetroles' });
    assert.deepEqual(again.outputVariables, { changeCount: '0' }, textOf(again));
  });

  it('keeps the plan of each cluster as a line of JSON', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-plan-'));
    const file = path.join(folder, 'plans.jsonl');
    try {
      const run = await world.run('KeyVaultGrant', { ...inputs, action: 'preview', outputPlanFile: file });
      assert.equal(run.result, 'Succeeded', textOf(run));
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      const plans = lines.map((line) => JSON.parse(line) as { cluster: string; changeCount: number; action: string });
      assert.equal(new Set(plans.map(({ cluster }) => cluster)).size, 42);
      assert.ok(plans.every(({ changeCount, action }) => changeCount === 1 && action === 'preview'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is refused for an identity that is the same for all', async () => {
    const run = await world.run('KeyVaultGrant', { ...inputs, identity: 'rg/app' });
    assert.match(
      run.issues[0]!.message,
      /^\[INP001\] Input clusters is given, but identity names one identity in full/,
    );
    assert.deepEqual(world.sandbox.requests.all(), []);
  });
});
