import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import { articleSteps, succeed } from '../support/article-steps.ts';
import { oneCluster } from '../support/one-cluster.ts';
import { packagedTask } from '../support/packaged.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';

interface TaskJson {
  readonly outputVariables: readonly { readonly name: string }[];
  readonly restrictions: {
    readonly commands?: { readonly mode?: string };
    readonly settableVariables: { readonly allowed: readonly string[] };
  };
}

async function taskJson(task: string): Promise<TaskJson> {
  const file = path.join(await packagedTask(task), 'task.json');
  return JSON.parse(readFileSync(file, 'utf8')) as TaskJson;
}

function warnings({ issues }: TaskRun): string[] {
  return issues.filter(({ type }) => type === 'warning').map(({ message }) => message);
}

/** The article's steps in a world of their own. */
async function runAll(world: World, options: Parameters<typeof succeed>[2]): Promise<Map<string, TaskRun>> {
  const runs = new Map<string, TaskRun>();
  for (const step of articleSteps) {
    await step.prepare?.(world);
    runs.set(step.task, await succeed(world, step, options));
  }
  return runs;
}

describe('a step whose commands are restricted', function () {
  this.timeout(180_000);
  const worlds: World[] = [];
  let open: Map<string, TaskRun>;
  let restricted: Map<string, TaskRun>;
  before(async () => {
    for (let count = 0; count < 2; count += 1) worlds.push(await startWorld({ scenario: oneCluster() }));
    [open, restricted] = await Promise.all([
      runAll(worlds[0]!, {}),
      runAll(worlds[1]!, { restrictions: { commands: 'restricted' } }),
    ]);
  });
  after(async () => {
    for (const world of worlds) await world.stop();
  });

  for (const { task } of articleSteps) {
    const commands = ['##vso[task.addattachment]', ...(task === 'PodSecretCheck' ? ['##vso[task.uploadsummary]'] : [])];

    it(`lets ${task} succeed, with a warning for what may not be attached`, () => {
      const usual = warnings(open.get(task)!);
      const found = warnings(restricted.get(task)!);
      assert.deepEqual(
        found.filter((message) => !usual.includes(message)).map((message) => message.split(' ')[0]),
        commands,
      );
      assert.equal(found.length, usual.length + commands.length);
      assert.deepEqual(restricted.get(task)!.attachments, []);
      assert.equal(open.get(task)!.attachments.length, commands.length);
    });

    it(`lets every output of ${task} arrive, and task.json allows these and no others`, async () => {
      const { outputVariables, restrictions } = await taskJson(task);
      const names = outputVariables.map(({ name }) => name).sort();
      assert.deepEqual([...restrictions.settableVariables.allowed].sort(), names);
      assert.equal(restrictions.commands, undefined, 'a restricted mode in task.json would forbid the report');
      for (const runs of [open, restricted]) {
        assert.deepEqual(Object.keys(runs.get(task)!.outputVariables).sort(), names);
        assert.deepEqual(runs.get(task)!.variables, {});
      }
    });
  }

  it('gives the same values as one whose commands are not', () => {
    const values = (runs: Map<string, TaskRun>): unknown =>
      [...runs].map(
        ([
          task,
          {
            outputVariables: { secretVersion: _version, ...rest },
          },
        ]) => [task, rest],
      );
    assert.deepEqual(values(restricted), values(open));
  });

  it('lets a failed check say why', async () => {
    const { task, inputs } = articleSteps.find((each) => each.task === 'PodSecretCheck')!;
    const failed = { ...inputs, secretName: 'retired' };
    const run = await worlds[1]!.run(task, failed, { restrictions: { commands: 'restricted' } });
    assert.equal(run.result, 'Failed');
    assert.equal(run.outputVariables['outcome'], 'failed');
    assert.match(run.outputVariables['failureCode']!, /^[A-Z]{3}\d{3}$/, run.log.join('\n'));
  });
});
