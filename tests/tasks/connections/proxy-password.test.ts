import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { placesOf } from '../../support/collect.ts';
import { findLeaks } from '../../support/leaks.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

const credentials = { username: 'proxy-user', password: 'pr0xy-p4ssword/+' };

describe("the password of the agent's proxy", function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ proxyCredentials: credentials });
  });
  after(() => world.stop());

  it('opens the proxy and stands nowhere in what a run leaves behind, not even unmasked or in a file', async () => {
    const workFolder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-proxy-'));
    const inputs = { resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001', action: 'preview' };
    const run = await world.run(
      'AksRoleGrants',
      { ...inputs, azureSubscription: 'azure-conn' },
      {
        workFolder,
        keepTemp: true,
        variables: [{ name: 'system.debug', value: 'true' }],
        proxy: { url: world.sandbox.connection.proxy, ...credentials },
      },
    );
    assert.equal(run.result, 'Succeeded', run.log.join('\n'));
    const secret = [{ name: 'proxy password', value: credentials.password }];
    assert.deepEqual(findLeaks(secret, placesOf(run, workFolder, world.sandbox.requests.all())), []);
    rmSync(workFolder, { recursive: true });
  });
});
