import { zipSync } from 'fflate';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { changesBetween, type Snapshot } from '../../../scripts/start/changes.ts';
import { readOptions } from '../../../scripts/start/options.ts';
import { Printer } from '../../../scripts/start/printer.ts';
import { summarize } from '../../../scripts/start/summary.ts';
import { unpackTasks } from '../../../scripts/start/unpack.ts';
import type { Connection } from '../../../sandbox/connection.ts';
import { jobOptionsBehindProxy, jobOptionsDirect } from '../../../sandbox/pipeline/index.ts';
import { tasksFolder, withWorkFolder } from '../agent/probe.ts';
import { run } from './world.ts';

function printer(colours = false): { printer: Printer; said: string[] } {
  const said: string[] = [];
  const write = (line: string): void => void said.push(line);
  return { printer: new Printer({ colours, write }), said };
}

describe('npm start', () => {
  it("gives tasks Azure's public names behind the proxy, and the sandbox's own addresses without one", () => {
    const own = [{ id: 'a', name: 'own', scheme: 's', variables: {} }];
    const open = [{ id: 'a', name: 'open', scheme: 's', variables: {} }];
    const job = { planId: 'p', jobId: 'j', accessToken: 't' };
    const connection = {
      job,
      proxy: 'http://127.0.0.1:1',
      caFile: 'ca',
      serviceConnections: own,
      publicServiceConnections: open,
    };
    const behind = jobOptionsBehindProxy(connection as unknown as Connection);
    const direct = jobOptionsDirect(connection as unknown as Connection);
    assert.deepEqual([behind.endpoints, behind.proxy], [open, { url: 'http://127.0.0.1:1' }]);
    assert.deepEqual([direct.endpoints, direct.proxy, direct.accessToken], [own, undefined, 't']);
  });

  it('reads its command line and refuses what it does not know, saying what there is', () => {
    const options = readOptions([
      'p.yml',
      '--node',
      '24',
      '--latency',
      '100',
      '--host',
      'release',
      '--keep',
      '--cluster',
      'kubernetes',
    ]);
    assert.deepEqual(options, {
      pipeline: 'p.yml',
      node: 24,
      scenario: 'article',
      cluster: 'kubernetes',
      latency: 100,
      faults: undefined,
      host: 'release',
      keep: true,
    });
    assert.equal(readOptions([]).pipeline, undefined);
    for (const [args, message] of [
      [['--node', '22'], /--node 22 is not known: use 20 or 24/],
      [['--cluster', 'kind'], /--cluster kind is not known: use embedded or kubernetes/],
      [['--latency', 'slow'], /whole number/],
      [['--speed', '1'], /speed/],
      [['a.yml', 'b.yml'], /One pipeline at a time/],
    ] as const) {
      assert.throws(() => readOptions(args), message);
    }
  });

  it('takes every task out of a package, and refuses a path that leads out of it', async () => {
    await withWorkFolder(async (folder) => {
      const vsix = path.join(folder, 'x.vsix');
      const taskJson = await readFile(path.join(tasksFolder, 'probe', 'task.json'));
      await writeFile(
        vsix,
        zipSync({ 'tasks/Probe/ProbeV1/task.json': taskJson, 'tasks/Probe/ProbeV1/index.js': new Uint8Array([59]) }),
      );
      const [task, ...others] = await unpackTasks(vsix, path.join(folder, 'out'));
      assert.equal(task?.name, 'Probe');
      assert.deepEqual(others, []);
      assert.equal(await readFile(path.join(folder, 'out/tasks/Probe/ProbeV1/index.js'), 'utf8'), ';');
      await writeFile(vsix, zipSync({ '../evil.js': new Uint8Array([59]) }));
      await assert.rejects(unpackTasks(vsix, path.join(folder, 'out')), /a path out of the package/);
    });
  });

  it('shows stages, jobs, steps and their logs without the frame of the agent, in colours only where they are wanted', async () => {
    const text =
      'stages:\n- stage: Release\n  jobs:\n  - deployment: D\n    strategy: {runOnce: {deploy: {steps: [{script: \'echo "##vso[task.logissue type=error]bad"; exit 1\', displayName: Say}, {script: x, displayName: Later}]}}}\n';
    const plain = printer();
    const answer = await run(text, { observer: plain.printer });
    const shown = plain.said.map((line) => line.replace(/in \d+\.\d s/, 'in N s').replace(/file name.*/, '...'));
    assert.deepEqual(shown, [
      '',
      'Stage Release',
      '  Deployment D',
      '',
      '    Say  script',
      '    │ ##[error]bad',
      '    │ ##[error]Exit code 1 returned from process: ...',
      '    └ Failed in N s',
      '    └ Skipped Later',
    ]);
    const coloured = printer(true);
    await run(text, { observer: coloured.printer });
    assert.ok(coloured.said.some((line) => line.includes('\u001b[31m##[error]bad')));
    summarize(plain.printer, {
      run: answer,
      changes: [{ sign: '+', place: 'Azure', kind: 'access policy', what: 'kv for me' }],
    });
    assert.deepEqual(plain.said.slice(-4), [
      '     Where  Kind           What',
      '  +  Azure  access policy  kv for me',
      '',
      '  Failed: 0 changes by the tasks, 1 thing different afterwards.',
    ]);
  });

  it('tells what was added, changed and removed, with the fields that differ', () => {
    const thing = (key: string, content: unknown): Snapshot =>
      new Map([[key, { place: 'c', kind: 'Deployment', key, name: key, content }]]);
    const before: Snapshot = new Map([
      ...thing('same', { a: 1 }),
      ...thing('moved', { spec: { replicas: 1, keep: [1] } }),
      ...thing('gone', {}),
    ]);
    const after: Snapshot = new Map([
      ...thing('same', { a: 1 }),
      ...thing('moved', { spec: { replicas: 2, keep: [1] }, labels: { x: 'y' } }),
      ...thing('new', {}),
    ]);
    assert.deepEqual(
      changesBetween(before, after).map(({ sign, what }) => `${sign} ${what}`),
      ['~ moved: spec.replicas, labels', '+ new', '- gone'],
    );
  });
});
