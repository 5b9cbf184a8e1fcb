import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fetchNode } from '../../sandbox/agent/index.ts';
import type { State } from '../support/final-state.ts';
import { settledState } from '../support/final-state.ts';
import { skipLoudly } from '../support/skip.ts';
import type { World } from '../support/world.ts';
import { examples, startWorld } from '../support/world.ts';

const article = readFileSync(path.join(examples, 'article.yml'), 'utf8');
const tasks = ['AksRoleGrants', 'PodIdentityInstall', 'KeyVaultGrant', 'PodIdentityBind', 'PodSecretCheck'];

/** By the first Node that got there. */
let reached: State | undefined;

for (const major of [20, 24] as const) {
  describe(`the packaged tasks on Node ${String(major)}`, function () {
    this.timeout(180_000);
    let world: World;
    before(async function () {
      try {
        await fetchNode(major);
      } catch (error) {
        skipLoudly(this, `Node ${String(major)} is not here and cannot be fetched: ${String(error).split('\n')[0]!}`);
      }
      world = await startWorld();
    });
    after(async () => {
      // Not there where the suite is skipped.
      await (world as World | undefined)?.stop();
    });

    it("run the article's pipeline, each of them once", async () => {
      const { result, jobs } = await world.pipeline(article, { node: major });
      const steps = jobs.flatMap((job) => job.steps);
      assert.equal(result, 'Succeeded', steps.flatMap(({ run }) => run?.log ?? []).join('\n'));
      const ran = steps.flatMap(({ step }) => (step.kind === 'task' ? [step.definition.name] : []));
      assert.deepEqual(
        ran.filter((name) => tasks.includes(name)),
        tasks,
      );
    });

    it('ran on that Node and no other, as their requests to Azure say', () => {
      const agents = world.sandbox.requests
        .all()
        .filter(({ server }) => server === 'resourceManager')
        .flatMap(({ userAgent }) => /\bNode\/(\d+)\./.exec(userAgent ?? '')?.[1] ?? []);
      assert.deepEqual([...new Set(agents)], [String(major)]);
    });

    it('leave the same state on every Node', async () => {
      const state = await settledState(world);
      assert.notDeepEqual(Object.keys(state), []);
      reached ??= state;
      assert.deepEqual(state, reached);
    });
  });
}
