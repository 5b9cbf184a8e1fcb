import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repositoryRoot } from '../../scripts/build/project.ts';

/** A test that passes only when it runs for the nth time. */
const passesAt = (run: number): string => `
  const fs = require('node:fs');
  const counter = __filename + '.runs';
  it('passes at run ${String(run)}', () => {
    fs.appendFileSync(counter, 'x');
    if (fs.statSync(counter).size < ${String(run)}) throw new Error('too early');
  });
`;

describe('a suite that fails', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-unsteady-'));
    writeFileSync(path.join(folder, 'package.json'), '{"type":"commonjs"}');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const add = (name: string, text: string): void => {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, 'only.test.ts'), text);
  };
  const test = (
    ...options: readonly string[]
  ): Promise<{ readonly code: unknown; readonly lines: readonly string[] }> =>
    new Promise((resolve) => {
      const arguments_ = ['scripts/test.mjs', '--no-package', ...options, folder];
      execFile(process.execPath, arguments_, { cwd: repositoryRoot }, (error, stdout) => {
        resolve({ code: error ? error.code : 0, lines: stdout.trimEnd().split('\n') });
      });
    });

  it('is told as unsteady where it may run again and passes then', async () => {
    add('steady', passesAt(1));
    add('unsteady', passesAt(2));
    const { code, lines } = await test('--again');
    const name = path.join(folder, 'unsteady');
    assert.deepEqual(lines.slice(-2), [
      `!! UNSTEADY ${name}: failed at first and passed the second time, see above`,
      '2 passed, 0 failed',
    ]);
    assert.equal(code, 0);
  });

  it('fails where it fails again', async () => {
    add('broken', passesAt(3));
    const { code, lines } = await test('--again');
    assert.deepEqual([code, lines.at(-1)], [1, '0 passed, 1 failed']);
  });

  it('fails at once where it may not run again', async () => {
    add('unsteady', passesAt(2));
    const { code, lines } = await test();
    assert.deepEqual([code, lines.at(-1)], [1, '0 passed, 1 failed']);
  });
});
