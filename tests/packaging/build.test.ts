import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { budgetProblems } from '../../scripts/build/budget.ts';
import { bundleTask, type Bundle } from '../../scripts/build/bundle.ts';
import { isPermissive, thirdPartyNotices } from '../../scripts/build/notices.ts';
import { bundledPackages, copyProblems, type BundledPackage } from '../../scripts/build/packages.ts';

const run = promisify(execFile);

describe('a bundle', function () {
  this.timeout(30_000);
  let root = '';

  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'keyless-pods-bundle-'));
  });

  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(root, name)), { recursive: true });
      await writeFile(path.join(root, name), content);
    }
  }

  it('loads what an import() brings only when it is needed, and shares its state', async () => {
    await write({
      'index.ts':
        "import { state } from './state.ts'; state.n += 1; void import('./later.ts').then((later) => { console.log(later.next()); });",
      'later.ts': "import { state } from './state.ts'; export const next = (): number => state.n + 1;",
      'state.ts': 'export const state = { n: 1 };',
    });
    const bundle = await bundleTask(root, 'index.ts', 'out');
    assert.ok(bundle.atStart.has('index.js'));
    assert.equal(bundle.whenNeeded.size, 1);
    const { stdout } = await run(process.execPath, [path.join(root, 'out/index.js')]);
    assert.equal(stdout, '3\n');
  });

  it('has its start in one file, whatever the later parts share with it', async () => {
    await write({
      'index.ts': [
        "import { first } from './first.ts'; import { second } from './second.ts';",
        "console.log(first.n, second.n); void import('./a.ts').then(({ a }) => { a(); });",
        "void import('./b.ts').then(({ b }) => { b(); });",
      ].join('\n'),
      'a.ts': "import { first } from './first.ts'; export const a = (): void => { console.log('a', first.n); };",
      'b.ts': "import { second } from './second.ts'; export const b = (): void => { console.log('b', second.n); };",
      'first.ts': 'export const first = { n: 1 };',
      'second.ts': 'export const second = { n: 2 };',
    });
    const { atStart, whenNeeded } = await bundleTask(root, 'index.ts', 'out');
    // The entry itself only asks for it.
    assert.equal(atStart.size, 2);
    assert.equal(whenNeeded.size, 2);
    const { stdout } = await run(process.execPath, [path.join(root, 'out/index.js')]);
    assert.equal(stdout, '1 2\na 1\nb 2\n');
  });

  it('is CommonJS that can require what is built into Node', async () => {
    await write({ 'index.ts': "import os from 'node:os'; console.log(typeof __dirname, typeof os.tmpdir());" });
    await bundleTask(root, 'index.ts', 'out');
    const { stdout } = await run(process.execPath, [path.join(root, 'out/index.js')]);
    assert.equal(stdout, 'string string\n');
  });

  it('with two copies of a package that keeps state fails the build', async () => {
    const manifest = JSON.stringify({
      name: '@azure/logger',
      version: '1.0.0',
      main: 'index.js',
      license: 'MIT',
      author: 'A',
    });
    const code = 'exports.level = Math.random();';
    await write({
      'index.ts': "import a from '@azure/logger'; import b from 'user'; console.log(a, b);",
      'node_modules/@azure/logger/package.json': manifest,
      'node_modules/@azure/logger/index.js': code,
      'node_modules/user/package.json': JSON.stringify({ name: 'user', version: '1.0.0', main: 'index.js' }),
      'node_modules/user/index.js': "module.exports = require('@azure/logger');",
      'node_modules/user/node_modules/@azure/logger/package.json': manifest,
      'node_modules/user/node_modules/@azure/logger/index.js': code,
    });
    const { metafile } = await bundleTask(root, 'index.ts', 'out');
    assert.match(copyProblems(bundledPackages(root, [metafile])).join('\n'), /@azure\/logger is bundled 2 times/);
  });

  it('without azure-pipelines-task-lib fails the build', () => {
    assert.deepEqual(copyProblems([]), ['azure-pipelines-task-lib is not in the bundle']);
  });

  it('that is too large fails the build', () => {
    const bundle = (atStart: number, whenNeeded: number): Bundle => ({
      metafile: { inputs: {}, outputs: {} },
      atStart: new Map([['index.js', atStart]]),
      whenNeeded: new Map([
        ['part-a.js', whenNeeded],
        ['part-b.js', 1],
      ]),
    });
    const problems = (atStart: number, whenNeeded: number): number =>
      budgetProblems({ name: 'AksRoleGrants', bundle: bundle(atStart, whenNeeded) }).length;
    assert.equal(problems(250_000, 1_499_999), 0);
    assert.equal(problems(250_001, 1_499_999), 1);
    assert.equal(problems(250_001, 1_500_000), 2);
  });
});

describe('the licence of a bundled package', () => {
  const one = (license: unknown): BundledPackage => ({
    name: 'one',
    version: '1.0.0',
    folder: 'one',
    license,
    author: 'A',
    variants: ['.'],
  });

  it('is read as an SPDX expression', () => {
    assert.deepEqual(['MIT', '(MIT OR GPL-3.0)', 'Apache-2.0 AND MIT'].map(isPermissive), [true, true, true]);
    assert.deepEqual(['GPL-3.0', 'MIT AND GPL-3.0', 'SEE LICENSE IN x', 'UNLICENSED'].map(isPermissive), [
      false,
      false,
      false,
      false,
    ]);
  });

  it('fails the build when it is unknown or copyleft', () => {
    assert.throws(() => thirdPartyNotices('.', [one(undefined)]), /one 1\.0\.0: package\.json names no licence/);
    assert.throws(() => thirdPartyNotices('.', [one('GPL-3.0-only')]), /GPL-3\.0-only is not among/);
  });
});
