import assert from 'node:assert/strict';
import type { RequestRecord } from '../../../sandbox/contracts.ts';
import { secondRuns } from '../../../scripts/bench/second-run.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

const cluster = { azureSubscription: 'azure-conn', resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001' };

/** Issue of the Azure half: at most so many for one subscription and no names to look up. */
const MOST = 6;

describe('the requests of a second run', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  const asked = (): readonly RequestRecord[] =>
    world.sandbox.requests.all().filter(({ server, userAgent }) => {
      return server !== 'proxy' && !(userAgent ?? '').startsWith('sandbox');
    });

  for (const { task, what, inputs, requests } of secondRuns) {
    it(`are ${String(requests)} in ${task}: ${what}`, async () => {
      assert.ok(requests <= MOST);
      const made = await world.run(task, { ...cluster, ...inputs });
      assert.equal(made.result, 'Succeeded', made.log.join('\n'));
      world.sandbox.requests.clear();
      const again = await world.run(task, { ...cluster, ...inputs });
      assert.equal(again.outputVariables['changeCount'], '0');
      assert.equal(world.writes().length, 0);
      assert.equal(
        asked().length,
        requests,
        asked()
          .map(({ method, path }) => `${method} ${path}`)
          .join('\n'),
      );
    });
  }

  it('go through as many connections as are needed at the same time, and no more', async () => {
    world.sandbox.requests.clear();
    await world.run('AksRoleGrants', cluster);
    const tunnels = world.sandbox.requests.all().filter(({ server, method }) => {
      return server === 'proxy' && method === 'CONNECT';
    });
    assert.deepEqual(tunnels.map(({ path }) => path).sort(), [
      'login.microsoftonline.com:443',
      'management.azure.com:443',
      'management.azure.com:443',
    ]);
  });
});
