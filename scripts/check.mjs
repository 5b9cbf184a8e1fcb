/**
 * `npm run check`: everything that can be said of the code without running a pipeline. Types, lint, format, layers, dead
 * code, icons, documents and unit tests, two at a time, no network.
 */
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { ensureInstalled } from './ensure-installed.mjs';

process.chdir(path.dirname(import.meta.dirname));

/** The longest first, so that the two lanes end together. */
const steps = [
  ['lint', ['node_modules/eslint/bin/eslint.js', '.', '--cache', '--cache-location', 'node_modules/.cache/eslint/']],
  ['unit tests', ['scripts/test.mjs', '--no-package', 'tests/unit']],
  ['types', ['node_modules/typescript/bin/tsc', '-p', '.']],
  ['dead code', ['node_modules/knip/bin/knip.js']],
  [
    'layers',
    ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'src', 'tasks', 'sandbox', 'scripts', 'tests'],
  ],
  ['format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
  ['documents', ['node_modules/markdownlint-cli2/markdownlint-cli2-bin.mjs']],
  ['icons', ['--import', 'tsx', 'scripts/images.ts', '--check']],
];

ensureInstalled();
const failed = [];
const waiting = [...steps];
await Promise.all(Array.from({ length: Math.max(2, Math.min(os.availableParallelism(), 4)) }, lane));
console.log(failed.length === 0 ? 'check passed' : `check failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function lane() {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const [name, command] = step;
    const started = performance.now();
    const { code, text } = await run(command);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok' : 'FAILED'} ${name} (${seconds} s)`);
    if (code === 0) continue;
    failed.push(name);
    console.log(text);
  }
}

function run(command) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => (text += chunk));
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, text }));
  });
}
