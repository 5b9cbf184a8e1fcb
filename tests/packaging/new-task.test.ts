import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildExtension } from '../../scripts/build/build-extension.ts';
import { repositoryRoot } from '../../scripts/build/project.ts';
import { lintExtension } from '../../scripts/lint-extension/lint.ts';
import { createTask } from '../../scripts/new-task/create-task.ts';
import { copyProject, type ProjectCopy } from './copy.ts';

const run = promisify(execFile);

describe('a new task', function () {
  this.timeout(120_000);
  let copy: ProjectCopy;
  let files: string[];

  before(async () => {
    copy = await copyProject();
    for (const source of [
      'tests/contract',
      'tests/support',
      'scripts',
      'eslint.config.js',
      '.prettierrc.json',
      '.prettierignore',
    ])
      await cp(path.join(repositoryRoot, source), path.join(copy.root, source), { recursive: true });
    files = await createTask(copy.root, { name: 'KeyVaultReport', friendlyName: 'Report on a Key Vault' });
  });

  after(async () => {
    await copy.remove();
  });

  async function tool(script: string, ...options: string[]): Promise<string> {
    const command = [path.join(repositoryRoot, 'node_modules', script), ...options];
    const result = run(process.execPath, command, { cwd: copy.root });
    const { stdout, stderr } = await result.catch((error: unknown) => error as { stdout: string; stderr: string });
    return stdout + stderr;
  }

  const code = (): string[] => files.filter((file) => file.endsWith('.ts'));

  it('has four files in tasks and an operation of its own', () => {
    const own = files.filter((file) => file.startsWith('tasks/') || file.startsWith('src/')).sort();
    assert.deepEqual(own, [
      'src/operations/key-vault-report/inputs.ts',
      'src/operations/key-vault-report/intent.ts',
      'src/operations/key-vault-report/operation.ts',
      'tasks/KeyVaultReport/KeyVaultReportV1/icon.png',
      'tasks/KeyVaultReport/KeyVaultReportV1/index.ts',
      'tasks/KeyVaultReport/KeyVaultReportV1/task.json',
      'tasks/KeyVaultReport/README.md',
    ]);
  });

  it('is built, and the lint of the extension finds nothing', async () => {
    const { folder, problems, built } = await buildExtension(copy.root);
    assert.deepEqual(problems, []);
    assert.ok(built.some(({ name }) => name === 'KeyVaultReport'));
    assert.deepEqual(lintExtension(folder), []);
  });

  it('passes types, lint and format', async () => {
    const types = await tool('typescript/bin/tsc', '-p', '.');
    assert.deepEqual(
      types.split('\n').filter((line) => /key-vault-report|KeyVaultReport/.test(line)),
      [],
    );
    assert.equal(await tool('eslint/bin/eslint.js', ...code()), '');
    assert.match(
      await tool('prettier/bin/prettier.cjs', '--check', ...files.filter((file) => /\.(ts|json)$/.test(file))),
      /All matched files/,
    );
  });

  it('has its inputs and outputs on record and in its document', async () => {
    const record = await readFile(path.join(copy.root, 'tests/contract/tasks.json'), 'utf8');
    assert.ok('KeyVaultReport@1' in (JSON.parse(record) as object));
    const document = await readFile(path.join(copy.root, 'tasks/KeyVaultReport/README.md'), 'utf8');
    assert.match(document, /^# KeyVaultReport@1: Report on a Key Vault$/m);
    assert.match(document, /^\| `clusterName` \|/m);
  });

  it('is refused when its name is taken or no name', async () => {
    const create = async (name: string, friendlyName = 'x'): Promise<unknown> =>
      createTask(copy.root, { name, friendlyName });
    await assert.rejects(create('AksRoleGrants'), /exists already/);
    await assert.rejects(create('key-vault'), /is no name for a task/);
    await assert.rejects(create('KeyVaultOther', 'x'.repeat(41)), /1 to 40 characters/);
  });
});
