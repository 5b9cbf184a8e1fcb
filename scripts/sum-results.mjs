/**
 * `node scripts/sum-results.mjs FILE...`: each file holds what a program told, its last line being `N passed, N failed`,
 * and `FILE.exit` its exit code. Repeats what was skipped or unsteady and ends with one such line for all of them.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

const files = process.argv.slice(2);
const results = files.map((file) => resultOf(readFileSync(file, 'utf8'), readFileSync(`${file}.exit`, 'utf8')));
for (const { notices } of results) for (const line of notices) console.log(line);
const passed = sum(({ passed: count }) => count);
const failed = sum(({ failed: count }) => count);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** A program that ends without counting, or fails without saying what failed, counts as one failure. */
function resultOf(text, exit) {
  const lines = text.trimEnd().split('\n');
  const counted = /^(\d+) passed, (\d+) failed/.exec(lines.at(-1));
  const told = { passed: Number(counted?.[1] ?? 0), failed: Number(counted?.[2] ?? 0) };
  const unexplained = (counted === null || exit.trim() !== '0') && told.failed === 0 ? 1 : 0;
  const notices = lines.filter((line) => /^!! (SKIPPED|UNSTEADY) /.test(line));
  return { passed: told.passed, failed: told.failed + unexplained, notices };
}

function sum(count) {
  return results.map(count).reduce((total, next) => total + next, 0);
}
