/** The article's world before, between and after the article's steps, by the packaged task. */
import assert from 'node:assert/strict';
import type { TaskRun } from '../../../sandbox/agent/index.ts';
import { articleSteps, succeed } from '../../support/article-steps.ts';
import { cluster, oneCluster } from '../../support/one-cluster.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

const inputs = {
  ...cluster,
  namespace: 'default',
  podSelector: 'app=aks-helloworld',
  keyVault: 'kvpwe001',
  secretName: 'password',
} as const;

describe("IdentityDoctor in the article's world", function () {
  this.timeout(120_000);
  let world: World;
  const doctor = (more: Readonly<Record<string, string>> = {}): Promise<TaskRun> =>
    world.run('IdentityDoctor', { ...inputs, ...more });

  before(async () => {
    world = await startWorld({ scenario: oneCluster() });
  });
  after(async () => {
    await world.stop();
  });

  it('says before the first step that nothing is installed, and fails', async () => {
    const run = await doctor();
    assert.equal(run.result, 'Failed');
    assert.match(run.outputVariables['codes'] ?? '', /^POD006/, run.log.join('\n'));
  });

  it('only tells where it should not fail', async () => {
    const run = await doctor({ failOn: 'never' });
    assert.equal(run.result, 'Succeeded');
    assert.notEqual(run.outputVariables['problemCount'], '0');
  });

  describe('after its steps', () => {
    before(async () => {
      for (const step of articleSteps) {
        await step.prepare?.(world);
        await succeed(world, step);
      }
    });

    it('finds nothing', async () => {
      const run = await doctor({ failOn: 'warning' });
      assert.equal(run.result, 'Succeeded', run.log.join('\n'));
      assert.deepEqual({ ...run.outputVariables }, { problemCount: '0', codes: '' }, run.log.join('\n'));
    });

    it('finds nothing with the permissions of the other tasks alone', async () => {
      const run = await doctor({ failOn: 'warning', kubernetesServiceConnection: 'cluster-conn' });
      assert.equal(run.result, 'Succeeded', run.log.join('\n'));
      assert.match(run.log.join('\n'), /unknown, \[KUB004\] .*lacks the verb list on nodes/);
    });

    it('looks at every bound pod of the namespace where no selector is given', async () => {
      const { podSelector: _, ...rest } = inputs;
      const run = await world.run('IdentityDoctor', rest);
      assert.equal(run.outputVariables['problemCount'], '0', run.log.join('\n'));
    });

    it('attaches what it found as data', async () => {
      const { attachments } = await doctor();
      assert.equal(attachments.length, 1);
    });
  });
});
