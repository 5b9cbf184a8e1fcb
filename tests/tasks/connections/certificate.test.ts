import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { readFileSync } from 'node:fs';
import { placesOf } from '../../support/collect.ts';
import { findLeaks } from '../../support/leaks.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

const inputs = {
  azureSubscription: 'azure-conn-certificate',
  resourceGroup: '_rg-aks-p-we-001',
  clusterName: 'aks-p-we-001',
  action: 'preview',
};

describe('a service connection with a certificate', function () {
  this.timeout(60_000);
  let world: World;
  const assertions: string[] = [];
  before(async () => {
    world = await startWorld({
      intercept: ({ server, body }) => {
        const assertion = server === 'entra' ? new URLSearchParams(body.toString()).get('client_assertion') : null;
        if (assertion !== null) assertions.push(assertion);
        return undefined;
      },
    });
  });
  after(() => world.stop());

  it('signs in with an assertion that carries the chain, and leaves no line of the key anywhere', async () => {
    const workFolder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-certificate-'));
    const variables = [{ name: 'system.debug', value: 'true' }];
    const run = await world.run('AksRoleGrants', inputs, { workFolder, keepTemp: true, variables });
    assert.equal(run.result, 'Succeeded', run.log.join('\n'));
    assert.ok(assertions.length > 0);
    for (const assertion of assertions) assert.equal(decodeProtectedHeader(assertion).x5c?.length, 1);
    const pem = readFileSync(world.sandbox.connection.certificateFile, 'utf8');
    const key = pem.slice(pem.indexOf('-----BEGIN PRIVATE'));
    const secrets = key
      .split('\n')
      .flatMap((value) => (value.startsWith('-') || value === '' ? [] : [{ name: 'key', value }]));
    assert.ok(secrets.length > 20);
    assert.deepEqual(findLeaks(secrets, placesOf(run, workFolder, world.sandbox.requests.all())), []);
    rmSync(workFolder, { recursive: true });
  });
});
