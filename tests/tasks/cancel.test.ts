import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Intercept } from '../../sandbox/kit/http-server.ts';
import { cluster, oneCluster } from '../support/one-cluster.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';

const inputs = { ...cluster, preset: 'podIdentityClassic' };

describe('a run that is cancelled', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(async () => {
    await world.stop();
  });

  it('finishes the writes under way, begins no other, and the next run goes on from there', async () => {
    const cancel = new AbortController();
    let slow = true;
    const intercept: Intercept = async ({ phase, method, path }) => {
      if (!slow || phase !== 'before' || method !== 'PUT' || !path.includes('/roleAssignments/')) return undefined;
      cancel.abort();
      await sleep(700);
      return undefined;
    };
    world = await startWorld({ scenario: oneCluster(), intercept });
    const run = await world.run('AksRoleGrants', inputs, { cancel: cancel.signal });
    const log = run.log.join('\n');
    assert.equal(run.result, 'Canceled', log);
    assert.match(log, /SIGINT received: finishing what is under way, then stopping/);
    assert.match(log, /created {2}role assignment/, 'the writes under way were finished and told');
    const told = log.match(/created {2}role assignment/g)?.length;
    const made = world.sandbox.azure
      .snapshot()
      .roleAssignments.filter(({ description }) => description?.startsWith('Made by Keyless Pods'));
    assert.equal(told, made.length, 'what the log tells is what was made');

    slow = false;
    const next = await world.run('AksRoleGrants', inputs);
    assert.equal(next.result, 'Succeeded', next.log.join('\n'));
    const last = await world.run('AksRoleGrants', inputs);
    assert.equal(last.outputVariables['changeCount'], '0', last.log.join('\n'));
  });

  it('ends a wait at once', async () => {
    world = await startWorld({ scenario: oneCluster() });
    const cancel = new AbortController();
    const started = performance.now();
    // No NMI and no MIC run, so the proof would wait for its whole budget.
    const proof = {
      ...cluster,
      namespace: 'kube-system',
      podSelector: 'app=nobody',
      keyVault: 'kvpwe001',
      secretName: 'password',
    };
    const running = world.run('PodSecretCheck', proof, {
      cancel: cancel.signal,
      onLine: (line) => {
        if (line.includes('...')) cancel.abort();
      },
    });
    const run = await running;
    assert.equal(run.result, 'Canceled', run.log.join('\n'));
    assert.ok(performance.now() - started < 20_000, 'well within the time that the agent gives');
  });
});
