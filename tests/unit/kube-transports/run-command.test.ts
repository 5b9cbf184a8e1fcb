import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import { ApiCluster } from '../../../src/kube/api-cluster.ts';
import { kinds } from '../../../src/kube/kinds.ts';
import { kubeRefusal } from '../../../src/kube/refusal.ts';
import { execResult } from '../../../src/kube/run-command/exec-result.ts';
import { kubectlError } from '../../../src/kube/run-command/kubectl-error.ts';
import { FILE } from '../../../src/kube/run-command/kubectl.ts';
import { runCommandTransport } from '../../../src/kube/run-command/run-command-transport.ts';
import { SCRIPT, scriptOf } from '../../../src/kube/run-command/script.ts';
import { fastClock } from '../../support/clock.ts';

describe('the script of a run command', function () {
  this.timeout(30_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-script-'));
    // Prints each of its arguments on its own, and one thing as an error; ends as the first argument says.
    const kubectl = `#!/bin/sh\nend="$1"\nfor each in "$@"; do printf '<%s>' "$each"; done\nprintf 'trouble' >&2\nexit "$end"\n`;
    writeFileSync(path.join(folder, 'kubectl'), kubectl);
    chmodSync(path.join(folder, 'kubectl'), 0o755);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** By the machine's own shell. */
  function run(calls: readonly (readonly string[])[]): ReturnType<ReturnType<typeof scriptOf>['read']> {
    const script = scriptOf(calls.map((words) => ({ arguments: words })));
    writeFileSync(path.join(folder, SCRIPT), script.files[SCRIPT] ?? '');
    const env = { PATH: `${folder}:/usr/bin:/bin` };
    return script.read(execFileSync('sh', [SCRIPT], { cwd: folder, encoding: 'utf8', env }));
  }

  it('hands over every argument as it is, whatever stands in it', () => {
    // A process takes no argument with a NUL; the other one stands for the call's own file.
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && !text.includes(FILE));
    const nasty = fc.constantFrom("'", '"; exit 1 #', '$(id)', '`id`', '\\', "\n'", '-x', '*', '%s\\n', '$?');
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, nasty), { maxLength: 5 }),
        fc.integer({ min: 0, max: 255 }),
        (words, code) => {
          const [printed] = run([[String(code), ...words]]);
          const stdout = [String(code), ...words].map((each) => `<${each}>`).join('');
          assert.deepEqual(printed, { exitCode: code, stdout, stderr: 'trouble' });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('tells calls apart, whatever they print', () => {
    const forged = `\n${'0'.repeat(32)} 0 0\n\n${'0'.repeat(32)} 0 end\n`;
    const printed = run([['0', forged], ['3'], ['0', 'last']]);
    assert.deepEqual(
      printed.map((each) => [each?.exitCode, each?.stdout]),
      [
        [0, `<0><${forged}>`],
        [3, '<3>'],
        [0, '<0><last>'],
      ],
    );
  });

  it('leaves out what lost its end or its beginning', () => {
    const script = scriptOf([{ arguments: ['0'] }, { arguments: ['0'] }], 'word');
    const logs = '\nword begin\none\nword 0 0\n\nword 0 end\ntwo\nword 1 0\n\nword 1 end\n';
    assert.deepEqual(
      script.read(logs.slice(0, -15)).map((each) => each?.stdout),
      ['one', undefined],
    );
    assert.deepEqual(
      script.read(logs.slice(20)).map((each) => each?.stdout),
      [undefined, 'two'],
    );
  });
});

describe('what kubectl says', () => {
  const status = (stderr: string): unknown => {
    const found = kubeRefusal(kubectlError(stderr));
    return found && [found.code, found.reason, found.message];
  };

  it('is the refusal of the API server', () => {
    const forbidden = 'pods is forbidden: User "a" cannot list resource "pods" in API group "" in the namespace "b"';
    assert.deepEqual(status(`Error from server (Forbidden): ${forbidden}\n`), [403, 'Forbidden', forbidden]);
    assert.deepEqual(
      status(`Warning: old\nError from server (NotFound): error when creating "0.json": namespaces "n" not found\n`),
      [404, 'NotFound', 'namespaces "n" not found'],
    );
    assert.equal((status('error: You must be logged in to the server (Unauthorized)') as unknown[])[0], 401);
    assert.equal((status('The Deployment "a" is invalid: spec: no') as unknown[])[0], 422);
    assert.equal(status('error: unknown flag: --raw'), undefined);
  });

  it('names the managers of a conflict', () => {
    const text =
      'error: Apply failed with 2 conflicts: conflicts with "helm" using apps/v1:\n- .spec.replicas\n- .spec.paused\nPlease review the fields above--they';
    assert.deepEqual(kubeRefusal(kubectlError(text))?.causes, [
      { field: '.spec.replicas', message: 'conflict with "helm" using apps/v1', reason: 'FieldManagerConflict' },
      { field: '.spec.paused', message: 'conflict with "helm" using apps/v1', reason: 'FieldManagerConflict' },
    ]);
  });

  it('of a command in a pod is told from what the command says', () => {
    const stderr = 'Defaulted container "a" out of: a, b\nmine\ncommand terminated with exit code 3\n';
    assert.deepEqual(execResult({ exitCode: 3, stdout: 'x', stderr }), { stdout: 'x', stderr: 'mine\n', exitCode: 3 });
    const failure = 'Internal error occurred: exec: "sh": executable file not found in $PATH';
    assert.deepEqual(execResult({ exitCode: 1, stdout: '', stderr: `error: ${failure}\n` }), {
      stdout: '',
      stderr: '',
      exitCode: undefined,
      failure,
    });
  });
});

describe('a cluster by run command', () => {
  interface Commands {
    readonly cluster: ApiCluster;
    readonly scripts: string[];
  }

  /** Answers each call of a command by its line, cut after 512 kB (of bytes, and maybe within a character). */
  function answering(answer: (line: string) => string): Commands {
    const scripts: string[] = [];
    const run = ({ context }: { readonly context: string }): Promise<string> => {
      const script = strFromU8(unzipSync(Buffer.from(context, 'base64'))[SCRIPT]!);
      scripts.push(script);
      const word = /'([0-9a-f]{32}) begin'/.exec(script)![1]!;
      const calls = script.split('\n').filter((line) => line.startsWith('kubectl '));
      const parts = calls.map((line, at) => `${answer(line)}\n${word} ${String(at)} 0\n\n${word} ${String(at)} end\n`);
      const printed = Buffer.from(`\n${word} begin\n${parts.join('')}`);
      return Promise.resolve(printed.subarray(0, 512 * 1024).toString());
    };
    return { cluster: new ApiCluster('a', runCommandTransport({ name: 'a', clock: fastClock(), run })), scripts };
  }

  const page = (line: string, size: number, filler = 'x'): string => {
    const limit = Number(/limit=(\d+)/.exec(line)?.[1]);
    const from = Number(/continue=(\d+)/.exec(line)?.[1] ?? '0');
    const items = Array.from({ length: Math.min(limit, 130 - from) }, (_, at) => ({
      metadata: { name: `pod-${String(from + at)}`, note: filler.repeat(size) },
    }));
    const next = from + items.length;
    return JSON.stringify({ items, metadata: next < 130 ? { continue: String(next) } : {} });
  };

  it('takes one command for calls at the same time', async () => {
    const { cluster, scripts } = answering((line) => (line.includes('limit=') ? page(line, 10) : '{}'));
    await Promise.all([
      cluster.get(kinds.namespace, { name: 'a' }),
      cluster.get(kinds.namespace, { name: 'b' }),
      cluster.serves(kinds.pod),
      cluster.apply(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }),
    ]);
    assert.equal(scripts.length, 1);
  });

  it('asks for smaller pages where Azure cuts a list off', async () => {
    const { cluster, scripts } = answering((line) => page(line, 20_000));
    const pods = await cluster.list(kinds.pod);
    assert.deepEqual([pods.length, new Set(pods.map(({ metadata }) => metadata.name)).size], [130, 130]);
    assert.ok(scripts.length <= 11, String(scripts.length));
  });

  it('knows that a list was cut off where its characters take several bytes', async () => {
    const { cluster } = answering((line) => page(line, 7000, '\u{1F511}'));
    assert.equal((await cluster.list(kinds.pod)).length, 130);
  });

  it('asks again for what had no room beside others', async () => {
    const { cluster, scripts } = answering(() => JSON.stringify({ metadata: { name: 'x'.repeat(300_000) } }));
    const found = await Promise.all(['a', 'b', 'c'].map((name) => cluster.get(kinds.namespace, { name })));
    assert.ok(found.every((each) => each?.metadata.name.length === 300_000));
    assert.equal(scripts.length, 3);
  });

  it('says so where one object alone is too long', async () => {
    const { cluster } = answering(() => 'x'.repeat(600_000));
    await assert.rejects(
      cluster.get(kinds.namespace, { name: 'a' }),
      (error) =>
        error instanceof DiagnosticError && error.diagnostic.code === 'KUB018' && error.message.includes('512 kB'),
    );
  });

  it('keeps contents out of the command line', async () => {
    const { cluster, scripts } = answering(() => '{}');
    const metadata = { name: 'a', annotations: { note: 'sesame' } };
    await cluster.apply(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata });
    assert.ok(scripts.every((script) => !script.includes('sesame')));
  });
});
