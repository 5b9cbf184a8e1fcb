import assert from 'node:assert/strict';
import type { State } from '../../support/final-state.ts';
import { stateOf } from '../../support/final-state.ts';
import type { Killer, Moment } from '../../support/kill.ts';
import { createKiller, writesOf } from '../../support/kill.ts';
import { cluster, oneCluster } from '../../support/one-cluster.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

const inputs = { ...cluster, keyVault: 'kvpwe001' };

describe('the kill itself', function () {
  this.timeout(60_000);
  let world: World;
  let killer: Killer;
  let untouched: State;
  beforeEach(async () => {
    killer = createKiller();
    world = await startWorld({ scenario: oneCluster(), intercept: killer.intercept });
    untouched = await stateOf(world);
  });
  afterEach(async () => {
    await world.stop();
  });

  /** The one write of KeyVaultGrant, known from a run that is taken back. */
  async function kill(phase: Moment['phase']): Promise<void> {
    await world.run('KeyVaultGrant', inputs);
    const [write] = writesOf(world);
    await world.run('KeyVaultGrant', { ...inputs, action: 'remove' });
    assert.deepEqual(await stateOf(world), untouched);
    const run = await killer.run(world, 'KeyVaultGrant', inputs, { write: write!, phase });
    assert.deepEqual(run.attachments, [], 'a task that is killed reports nothing any more');
    assert.equal(run.outputVariables['changeCount'], undefined);
  }

  it('comes before the write takes effect', async () => {
    await kill('before');
    assert.deepEqual(await stateOf(world), untouched);
  });

  it('comes after the write took effect, and before the reply', async () => {
    await kill('after');
    assert.notDeepEqual(await stateOf(world), untouched);
    assert.equal(world.sandbox.requests.all().findLast(({ method }) => method === 'PUT')?.status, 0);
  });

  it('is noticed where it does not come', async () => {
    const moment = { write: 'PUT nowhere /', phase: 'before' } as const;
    await assert.rejects(killer.run(world, 'KeyVaultGrant', inputs, moment), /no PUT nowhere \/ came/);
  });
});
