/** The commands that judge everything else are judged here. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { repositoryRoot } from '../../scripts/build/project.ts';

interface Ended {
  readonly code: number | string;
  readonly lines: readonly string[];
}

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'keyless-pods-commands-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function script(name: string, ...options: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const file = path.join(repositoryRoot, 'scripts', name);
    execFile(process.execPath, [file, ...options], (error, stdout, stderr) => {
      const lines = `${stderr}${stdout}`.trimEnd().split('\n');
      resolve({ code: error ? (error.code ?? 'killed') : 0, lines });
    });
  });
}

describe('npm test', function () {
  this.timeout(60_000);

  async function tests(content: string): Promise<Ended> {
    await writeFile(path.join(folder, 'some.test.ts'), content);
    return script('test.mjs', '--no-package', folder);
  }

  it('ends with how many tests passed and failed, and succeeds when all pass', async () => {
    const { code, lines } = await tests("it('a', () => {}); it('b', () => {});");
    assert.deepEqual([code, lines.at(-1)], [0, '2 passed, 0 failed']);
  });

  it('fails with the reason when a test fails', async () => {
    const { code, lines } = await tests("it('a', () => {}); it('b', () => { throw new Error('the reason'); });");
    assert.deepEqual([code, lines.at(-1)], [1, '1 passed, 1 failed']);
    assert.match(lines.join('\n'), /Error: the reason/);
  });

  it('prints why a suite was skipped before its last line', async () => {
    const skip = JSON.stringify(path.join(repositoryRoot, 'tests/support/skip.ts'));
    const suite =
      "describe('suite', () => { before(function () { skipLoudly(this, 'no moon'); }); it('a', () => {}); });";
    const { code, lines } = await tests(`import { skipLoudly } from ${skip}; ${suite}`);
    assert.deepEqual([code, lines.slice(-2)], [0, ['!! SKIPPED suite: no moon', '0 passed, 0 failed, 1 skipped']]);
  });

  it('fails when a process of tests ends before it reports', async () => {
    const { code, lines } = await tests("it('a', () => { process.exit(0); });");
    assert.deepEqual([code, lines.at(-1)], [1, '0 passed, 1 failed']);
  });

  it('fails when something goes wrong after the last test', async () => {
    const { code, lines } = await tests(
      "it('a', () => {}); process.on('exit', () => { process.kill(process.pid, 'SIGKILL'); });",
    );
    assert.deepEqual([code, lines.at(-1)], [1, '1 passed, 1 failed']);
  });

  it('fails when there is no test', async () => {
    const { code, lines } = await script('test.mjs', '--no-package', folder);
    assert.deepEqual([code, lines.at(-1)], [1, '0 passed, 1 failed']);
  });
});

describe('the rule for commit messages', () => {
  async function problems(message: string): Promise<string> {
    const file = path.join(folder, 'message');
    await writeFile(file, message);
    const { code, lines } = await script('check-commit-message.mjs', file);
    const text = lines.join('\n');
    assert.equal(code === 0, text === '');
    return text;
  }

  it('accepts a short imperative subject with a body', async () => {
    assert.equal(await problems('Grant access to a vault\n\nProblem: none.\n'), '');
  });

  it('refuses a long, a past, a dotted and an unseparated subject', async () => {
    assert.match(await problems('Grant'.padEnd(51, 'x')), /51 characters, more than 50/);
    assert.match(await problems('Added a vault'), /imperative/);
    assert.match(await problems('Add a vault.'), /ends with punctuation/);
    assert.match(await problems('Add a vault\nProblem: none'), /second line is blank/);
  });
});
