import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { readTaskDefinition, runTask } from '../../../sandbox/agent/index.ts';
import { findNode } from '../../../sandbox/agent/node-binary.ts';
import { chooseHandler } from '../../../sandbox/agent/task-definition.ts';
import { probe, tasksFolder, withWorkFolder } from './probe.ts';

const patience = { interrupt: 300, terminate: 300, linger: 200, backOff: 5 };
const stay = 'setInterval(() => {}, 1000); await new Promise(() => {});';

describe('agent: processes', () => {
  it('fails a step whose process does not exit with 0, even when it reported success', async () => {
    const run = await probe(`tl.setResult(tl.TaskResult.Succeeded, 'fine'); process.exit(3);`);
    assert.equal(run.result, 'Failed');
    assert.equal(run.exitCode, 3);
    assert.match(run.issues.at(-1)?.message ?? '', /^Exit code 3 returned from process: file name/);
  });

  it('gives a process no input to wait for', async () => {
    const run = await probe(
      `process.stdin.resume(); await new Promise((r) => process.stdin.on('end', r)); console.log('ended');`,
    );
    assert.ok(run.log.includes('ended'));
  });

  it('splits lines as they come, across chunks and line ends', async () => {
    const run = await probe(
      `process.stdout.write('a\\r'); await new Promise((r) => setTimeout(r, 50)); process.stdout.write('\\nb\\rc\\u2028d\\n\\ne');`,
    );
    assert.deepEqual(run.rawOutput.slice(-5), ['a', 'b', 'c\u2028d', '', 'e']);
  });

  it('ends a step that takes too long: SIGINT, then SIGTERM, then SIGKILL; the result is Failed', async () => {
    const run = await probe(
      `process.on('SIGINT', () => console.log('int')); process.on('SIGTERM', () => console.log('term')); console.log('up'); ${stay}`,
      {
        timeoutMinutes: 0.01,
        patience,
      },
    );
    assert.deepEqual(
      run.log.filter((line) => /^(int|term)$/.test(line)),
      ['int', 'term'],
    );
    assert.equal(run.exitCode, 137);
    assert.equal(run.result, 'Failed');
    assert.ok(run.issues.some(({ message }) => message === 'The task has timed out.'));
  });

  it('cancels: a task that answers SIGINT in time ends by itself, and the result is Canceled', async () => {
    const cancel = new AbortController();
    const run = await probe(
      `process.on('SIGINT', () => { console.log('rolled back'); process.exit(0); }); console.log('up'); ${stay}`,
      {
        cancel: cancel.signal,
        onLine: (line) => {
          if (line === 'up') cancel.abort();
        },
      },
    );
    assert.equal(run.result, 'Canceled');
    assert.equal(run.exitCode, 0);
    assert.ok(run.log.includes('rolled back'));
  });

  it('runs a failed task again with growing pauses, and the outputs of the last attempt count', async () => {
    const started = performance.now();
    const run = await probe(
      `const fs = require('fs'), f = process.env.SYSTEM_DEFAULTWORKINGDIRECTORY + '/n'; const n = fs.existsSync(f) ? Number(fs.readFileSync(f)) : 1;
       fs.writeFileSync(f, String(n + 1)); tl.setVariable('n', String(n), false, true); if (n < 3) tl.setResult(tl.TaskResult.Failed, 'not yet');`,
      { retryCountOnTaskFailure: 4, patience: { ...patience, backOff: 40 } },
    );
    assert.equal(run.result, 'Succeeded');
    assert.equal(run.attempts, 3);
    assert.deepEqual(run.outputVariables, { n: '3' });
    assert.ok(performance.now() - started > 40 + 160);
  });

  it('stays failed when the retries are used up', async () => {
    const run = await probe('process.exit(1)', { retryCountOnTaskFailure: 2, patience });
    assert.equal(run.result, 'Failed');
    assert.equal(run.attempts, 3);
  });

  it('ends a process that hangs after task.complete done=true, and keeps its result', async () => {
    const run = await probe(`console.log('##vso[task.complete result=Succeeded;done=true]'); ${stay}`, { patience });
    assert.equal(run.result, 'Succeeded');
  });

  it('empties the temporary directory at the end, and ends what a step left running', async () => {
    await withWorkFolder(async (workFolder) => {
      await writeFile(path.join(workFolder, 'pid'), '');
      const script = `const child = require('child_process').spawn('sleep', ['60'], { stdio: 'ignore' }); child.unref();
        require('fs').writeFileSync(${JSON.stringify(path.join(workFolder, 'pid'))}, String(child.pid)); console.log(require('fs').readdirSync(process.env.AGENT_TEMPDIRECTORY).length);`;
      const taskDirectory = path.join(tasksFolder, 'probe');
      await runTask({ taskDirectory, workFolder, host: 'build', nodePath: process.execPath, inputs: { script } });
      const pid = Number(await readFile(path.join(workFolder, 'pid'), 'utf8'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      const state = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => 'gone');
      // A killed child whose parent is gone may wait a moment for its new parent as a zombie.
      if (process.platform === 'linux') assert.match(state, /gone|\) Z /);
    });
  });

  it('shares task variables between pre-job, main and post-job, and runs the post-job of a failed step', async () => {
    await withWorkFolder(async (workFolder) => {
      const taskDirectory = path.join(tasksFolder, 'staged');
      const run = await runTask({
        taskDirectory,
        workFolder,
        host: 'build',
        nodePath: process.execPath,
        inputs: { mainResult: 'Failed' },
      });
      assert.equal(run.result, 'Failed');
      assert.deepEqual(
        run.log.filter((line) => line.includes(' saw ')),
        ['main saw pre-job', 'after saw main and Failed'],
      );
    });
  });

  it('runs a Node20_1 handler on Node 20 and a Node24 handler on what the organisation prefers', async () => {
    const probeTask = await readTaskDefinition(path.join(tasksFolder, 'probe'));
    const stagedTask = await readTaskDefinition(path.join(tasksFolder, 'staged'));
    assert.equal(chooseHandler(probeTask, 'execution', 24)?.node, 24);
    assert.equal(chooseHandler(probeTask, 'execution', 20)?.node, 20);
    assert.equal(chooseHandler(stagedTask, 'execution', 24)?.node, 20);
    assert.equal(chooseHandler(probeTask, 'prejobexecution', 24), undefined);
    const unknown = { ...probeTask, handlers: { execution: { Node22: { target: 'index.cjs' } } } };
    assert.throws(() => chooseHandler(unknown, 'execution', 24), /supported task execution handler was not found/);
  });

  it('says how to get a Node binary that is missing', () => {
    const own = Number(process.versions.node.split('.')[0]);
    if (own === 20 || own === 24) assert.equal(findNode(own), process.execPath);
    const cache = process.env['KEYLESS_PODS_CACHE'];
    process.env['KEYLESS_PODS_CACHE'] = path.join(tasksFolder, 'no-such-cache');
    try {
      assert.throws(() => findNode(own === 20 ? 24 : 20), /scripts\/fetch-node\.ts/);
    } finally {
      if (cache === undefined) delete process.env['KEYLESS_PODS_CACHE'];
      else process.env['KEYLESS_PODS_CACHE'] = cache;
    }
  });
});
