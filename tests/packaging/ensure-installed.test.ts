import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../scripts/build/project.ts';

const run = promisify(execFile);
type Packages = Readonly<Record<string, { version?: string; optional?: boolean }>>;

describe('npm start and npm test', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'keyless-pods-installed-'));
    await mkdir(path.join(folder, 'node_modules'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function difference(wanted: Packages, installed?: Packages): Promise<string> {
    await writeFile(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: wanted }));
    const hidden = path.join(folder, 'node_modules/.package-lock.json');
    if (installed) await writeFile(hidden, JSON.stringify({ packages: installed }));
    const module = pathToFileURL(path.join(repositoryRoot, 'scripts/ensure-installed.mjs')).href;
    const script = `import(${JSON.stringify(module)}).then((m) => console.log(m.firstDifference(${JSON.stringify(folder)}) ?? 'none'))`;
    return (await run(process.execPath, ['-e', script])).stdout.trim();
  }

  const a = { 'node_modules/a': { version: '1.0.0' } };

  it('install when node_modules is missing', async () => {
    assert.equal(await difference(a), 'node_modules is missing');
  });

  it('install when a package of the lock file is missing or of another version', async () => {
    assert.equal(await difference(a, {}), 'a 1.0.0 is not installed');
    assert.equal(await difference(a, { 'node_modules/a': { version: '0.9.0' } }), 'a 1.0.0 is not installed');
  });

  it('install nothing when everything is there, whatever the times of the files', async () => {
    assert.equal(await difference({ '': {}, ...a }, a), 'none');
  });

  it('do not miss packages for other operating systems', async () => {
    assert.equal(await difference({ ...a, 'node_modules/b': { version: '1.0.0', optional: true } }, a), 'none');
  });
});
