/**
 * `npm test`: installs where needed, builds and packs the extension, runs every test, and ends with one line
 * `N passed, N failed`. Plain JavaScript, because it starts before anything is installed.
 *
 *   npm test                      everything
 *   npm test -- tests/unit        only what is below these folders (or these files)
 *   npm test -- --coverage        with a coverage report of src
 *   npm test -- --no-package      with the package that is in dist already
 *   npm test -- --again           a suite that fails runs once more, and is told as unsteady if it passes then
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { ensureInstalled } from './ensure-installed.mjs';
import { findSuites, runSuites } from './test/suites.mjs';
import { readSkips } from './test/skips.mjs';

process.chdir(path.dirname(import.meta.dirname));
const options = process.argv.slice(2);
const wanted = options.filter((option) => !option.startsWith('--'));
const scratch = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-tests-'));
const coverage = path.resolve('coverage/tmp');
process.exitCode = await main().finally(() => rmSync(scratch, { recursive: true, force: true }));

async function main() {
  ensureInstalled();
  if (!options.includes('--no-package') && !makePackage()) return finish({ passed: 0, failed: 1, skipped: 0 });
  const suites = findSuites(wanted);
  if (suites.length === 0) console.error(`No tests below ${wanted.join(', ')}`);
  const total = await runSuites(suites, { scratch, env: environment(), again: options.includes('--again') });
  if (options.includes('--coverage')) reportCoverage();
  return finish(suites.length === 0 ? { ...total, failed: 1 } : total);
}

function makePackage() {
  const result = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/package.ts'], { stdio: 'inherit' });
  if (result.status !== 0) console.error('The extension cannot be packaged, so its tests cannot run.');
  return result.status === 0;
}

function environment() {
  const env = { ...process.env, KEYLESS_PODS_SKIPS: path.join(scratch, 'skips') };
  if (!options.includes('--coverage')) return env;
  rmSync(coverage, { recursive: true, force: true });
  mkdirSync(coverage, { recursive: true });
  return { ...env, NODE_V8_COVERAGE: coverage };
}

function reportCoverage() {
  const c8 = ['node_modules/c8/bin/c8.js', 'report', '--temp-directory', coverage, '--all', '--src', 'src'];
  const kinds = ['--include', 'src/**', '--reporter', 'text', '--reporter', 'lcov'];
  spawnSync(process.execPath, [...c8, ...kinds], { stdio: 'inherit' });
}

function finish({ passed, failed, skipped, unsteady = [] }) {
  for (const name of unsteady)
    console.log(`!! UNSTEADY ${name}: failed at first and passed the second time, see above`);
  for (const { title, reason } of readSkips(path.join(scratch, 'skips'))) {
    console.log(`!! SKIPPED ${title}: ${reason}`);
  }
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed > 0 ? 1 : 0;
}
