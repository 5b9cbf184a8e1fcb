/** The judge is judged, too: a comparison that finds nothing, or an az that is half there, would let everything pass. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { findAzureCli, type AzureCli } from '../../scripts/azure-cli/install.ts';
import { repositoryRoot } from '../../scripts/build/project.ts';
import type { Case } from '../../scripts/judge-az/case.ts';
import { differences, type Observed } from '../../scripts/judge-az/expectation.ts';
import { filledIn, namedAgain } from '../../scripts/judge-az/placeholders.ts';
import { requestLines } from '../../scripts/judge-az/requests.ts';

describe('the comparison of npm run judge:az', () => {
  const none: Observed = { exit: 0, stdout: '', stderr: '', requests: [], changes: [] };
  const found = (expected: Partial<Case>, observed: Partial<Observed>): readonly string[] =>
    differences({ title: '', as: '', run: '', ...expected }, { ...none, ...observed });

  const table: readonly (readonly [
    fact: string,
    expected: Partial<Case>,
    observed: Partial<Observed>,
    right: boolean,
  ])[] = [
    ['an exit code', {}, { exit: 1 }, false],
    ['the exit code that was expected', { exit: 3 }, { exit: 3 }, true],
    ['text', { output: 'a' }, { stdout: 'a\n' }, true],
    ['other text', { output: 'a' }, { stdout: 'ab\n' }, false],
    ['an object that holds more', { output: { a: 1 } }, { stdout: '{"a":1,"b":2}' }, true],
    ['an object that lacks something', { output: { a: { b: 1 } } }, { stdout: '{"a":{}}' }, false],
    ['a list that holds more', { output: [1] }, { stdout: '[1,2]' }, false],
    ['a list in another order', { output: [1, 2] }, { stdout: '[2,1]' }, false],
    ['an object in a list', { output: [{ a: 1 }] }, { stdout: '[{"a":1,"b":2}]' }, true],
    ['no JSON', { output: {} }, { stdout: 'hello' }, false],
    ['words in their order', { says: ['a', 'b'] }, { stdout: 'a', stderr: 'b' }, true],
    ['words in another order', { says: ['b', 'a'] }, { stdout: 'a', stderr: 'b' }, false],
    ['one request too many', { requests: ['GET a'] }, { requests: ['GET a', 'GET b'] }, false],
    ['requests in another order', { requests: ['GET a', 'GET b'] }, { requests: ['GET b', 'GET a'] }, false],
    ['requests that nobody asked about', {}, { requests: ['GET a'] }, true],
    ['a route that is not imitated', {}, { requests: ['GET a -> 501'] }, false],
    ['a change that nobody expected', {}, { changes: ['+ vault a'] }, false],
    ['a change that did not come', { changes: ['+ vault a'] }, {}, false],
  ];
  for (const [fact, expected, observed, right] of table) {
    it(`${right ? 'accepts' : 'finds'} ${fact}`, () => {
      assert.equal(found(expected, observed).length === 0, right);
    });
  }

  it('fills in placeholders, and puts them back in place of what it knows', () => {
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const values = new Map([['client:some-name', id]]);
    assert.equal(filledIn('a {client:some-name} ${NAME} {id: id}', values), `a ${id} \${NAME} {id: id}`);
    assert.throws(() => filledIn('{client:other}', values), /no value for \{client:other\}/);
    assert.equal(namedAgain(`${id} ${id.replaceAll('0', '1')}`, values), '{client:some-name} {guid}');
  });
  it('writes requests with their version and refusals, without tunnels and what the sandbox asks', () => {
    const request = {
      sequence: 1,
      time: '',
      server: 's',
      method: 'GET',
      host: 'h',
      path: '/a?api-version=1&$filter=b%20eq%20%27c%27',
      status: 200,
      milliseconds: 1,
    };
    assert.deepEqual(
      requestLines([
        { ...request, method: 'CONNECT' },
        request,
        { ...request, userAgent: 'sandbox entra' },
        { ...request, path: '/b', status: 404 },
      ]),
      ["GET h/a?$filter=b eq 'c' @1", 'GET h/b -> 404'],
    );
  });
});

describe('az for npm run judge:az', function () {
  this.timeout(60_000);
  let folder: string;
  const variables = { PATH: process.env['PATH'], KEYLESS_PODS_CACHE: process.env['KEYLESS_PODS_CACHE'] };
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-judge-'));
    mkdirSync(path.join(folder, 'bin'));
    process.env['KEYLESS_PODS_CACHE'] = path.join(folder, 'cache');
    process.env['PATH'] = `${path.join(folder, 'bin')}:${variables.PATH ?? ''}`;
  });
  afterEach(() => {
    for (const [name, value] of Object.entries(variables)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const home = (): string => path.join(folder, 'cache', 'azure-cli-2.91.0');
  const program = (name: string, ...lines: readonly string[]): void => {
    const file = path.join(folder, 'bin', name);
    writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
    chmodSync(file, 0o755);
  };
  /** A Python whose virtual environments hold a pip that does what `pip` says, and an az. */
  const python = (pip: string): void => {
    program(
      'python3',
      `echo "$@" >> "${folder}/calls"`,
      '[ "$2" = venv ] || exit 0',
      'mkdir -p "$3/bin"',
      `printf '#!/bin/sh\\n${pip}\\n' > "$3/bin/python"`,
      `printf '#!/bin/sh\\necho 2.91.0\\n' > "$3/bin/az"`,
      'chmod +x "$3/bin/python" "$3/bin/az"',
    );
  };
  const installations = (): number =>
    existsSync(path.join(folder, 'calls'))
      ? readFileSync(path.join(folder, 'calls'), 'utf8')
          .split('\n')
          .filter((line) => line.startsWith('-m venv')).length
      : 0;
  const find = (): Promise<AzureCli> => findAzureCli(() => undefined);

  it('is installed once', async () => {
    python('exit 0');
    assert.deepEqual(await find(), { found: true, folder: path.join(home(), 'bin') });
    assert.deepEqual(await find(), { found: true, folder: path.join(home(), 'bin') });
    assert.equal(installations(), 1);
  });
  it('is made anew where an installation was interrupted', async () => {
    mkdirSync(path.join(home(), 'bin'), { recursive: true });
    writeFileSync(path.join(home(), 'bin', 'az'), 'half');
    writeFileSync(path.join(home(), 'left-over'), '');
    python('exit 0');
    assert.equal((await find()).found, true);
    assert.deepEqual([installations(), existsSync(path.join(home(), 'left-over'))], [1, false]);
  });
  it('is not taken for installed where pip failed', async () => {
    python('echo no such index >&2; exit 1');
    const result = await find();
    assert.ok(!result.found && result.failed);
    assert.match(result.reason, /no such index/);
    python('exit 0');
    assert.equal((await find()).found, true);
  });
  it('does not wait for an installation whose process is gone', async () => {
    mkdirSync(`${home()}.lock`, { recursive: true });
    writeFileSync(path.join(`${home()}.lock`, 'pid'), '999999999');
    python('exit 0');
    assert.equal((await find()).found, true);
    assert.equal(existsSync(`${home()}.lock`), false);
  });

  /** Last line and exit code of the command; `only`: its PATH. */
  const judge = (env: NodeJS.ProcessEnv): Promise<{ readonly code: unknown; readonly lines: readonly string[] }> =>
    new Promise((resolve) => {
      const args = ['--import', 'tsx', 'scripts/judge-az.ts', 'role definitions'];
      execFile(process.execPath, args, { cwd: repositoryRoot, env }, (error, stdout, stderr) => {
        resolve({ code: error ? error.code : 0, lines: `${stderr}${stdout}`.trimEnd().split('\n') });
      });
    });
  const withoutCi = (): NodeJS.ProcessEnv =>
    Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'CI'));

  it('is skipped loudly where there is no Python, in continuous integration as well', async () => {
    symlinkSync('/bin/bash', path.join(folder, 'bin', 'bash'));
    const { code, lines } = await judge({ ...process.env, CI: 'true', PATH: path.join(folder, 'bin') });
    assert.deepEqual([code, lines.at(-1)], [0, '0 passed, 0 failed']);
    assert.match(lines.join('\n'), /!! SKIPPED az as a judge of the sandbox: Python is missing: install Python 3\.10/);
  });
  it('is skipped loudly where PyPI cannot be reached, but not in continuous integration', async () => {
    python('echo no network >&2; exit 1');
    const alone = await judge(withoutCi());
    assert.deepEqual([alone.code, alone.lines.at(-1)], [0, '0 passed, 0 failed']);
    assert.match(alone.lines.join('\n'), /!! SKIPPED .* no network/);
    const { code, lines } = await judge({ ...process.env, CI: 'true' });
    assert.deepEqual([code, lines.at(-1)], [1, '0 passed, 1 failed']);
  });
});

describe('the last line of continuous integration', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-sum-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const sum = (
    ...told: readonly (readonly [text: string, exit: number])[]
  ): Promise<{ readonly code: unknown; readonly lines: readonly string[] }> => {
    const files = told.map(([text, exit], index) => {
      const file = path.join(folder, String(index));
      writeFileSync(file, `${text}\n`);
      writeFileSync(`${file}.exit`, `${String(exit)}\n`);
      return file;
    });
    return new Promise((resolve) => {
      execFile(process.execPath, ['scripts/sum-results.mjs', ...files], { cwd: repositoryRoot }, (error, stdout) => {
        resolve({ code: error ? error.code : 0, lines: stdout.trimEnd().split('\n') });
      });
    });
  };

  it('adds what each program counted, and repeats what was skipped or unsteady', async () => {
    const first = 'x\n!! SKIPPED a: b\n3 passed, 0 failed, 2 skipped';
    const second = '!! UNSTEADY c: d\n4 passed, 0 failed';
    assert.deepEqual(await sum([first, 0], [second, 0]), {
      code: 0,
      lines: ['!! SKIPPED a: b', '!! UNSTEADY c: d', '7 passed, 0 failed'],
    });
  });
  it('fails where one of them failed', async () => {
    assert.deepEqual(await sum(['3 passed, 2 failed', 1], ['4 passed, 0 failed', 0]), {
      code: 1,
      lines: ['7 passed, 2 failed'],
    });
  });
  it('counts a program that ended without counting, or failed without a failure', async () => {
    assert.deepEqual((await sum(['crashed', 1], ['4 passed, 0 failed', 0])).lines, ['4 passed, 1 failed']);
    assert.deepEqual((await sum(['3 passed, 0 failed', 1])).lines, ['3 passed, 1 failed']);
  });
});
