/** Runs folders of tests, each in a mocha process of its own, a few at a time. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** A suite that still runs then hangs: something that it started was not stopped. */
const longest = 8 * 60_000;

/** Folders that hold test files, longest first as far as their number says; `wanted`: paths below which to look. */
export function findSuites(wanted) {
  const places = wanted.length > 0 ? wanted : ['tests'];
  const files = places.filter((place) => existsSync(place)).flatMap((place) => testFiles(place));
  const folders = Map.groupBy === undefined ? groupBy(files) : Map.groupBy(files, path.dirname);
  return [...folders]
    .map(([folder, its]) => ({ name: folder, files: its }))
    .sort((a, b) => b.files.length - a.files.length || a.name.localeCompare(b.name));
}

function groupBy(files) {
  const folders = new Map();
  for (const file of files) folders.set(path.dirname(file), [...(folders.get(path.dirname(file)) ?? []), file]);
  return folders;
}

function testFiles(place) {
  if (statSync(place).isFile()) return [place];
  const entries = readdirSync(place, { recursive: true }).map((entry) => path.join(place, entry));
  return entries.filter((entry) => entry.endsWith('.test.ts')).sort();
}

/**
 * @param {boolean} again whether a suite that fails runs once more, by itself, and counts as it ended then
 * @returns {Promise<{passed: number, failed: number, skipped: number, unsteady: string[]}>} the sums of all suites, and
 * the names of those that failed only the first time
 */
export async function runSuites(suites, { scratch, env, again = false }) {
  const results = new Map();
  const waiting = [...suites];
  const runNext = async (suite) => results.set(suite, await runSuite(suite, scratch, env));
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await runNext(next);
  };
  const workers = Math.max(1, Math.min(os.availableParallelism(), 4));
  await Promise.all(Array.from({ length: workers }, worker));
  const failed = again ? suites.filter((suite) => results.get(suite).failed > 0) : [];
  for (const suite of failed) {
    console.log(`${suite.name} runs once more, by itself`);
    await runNext(suite);
  }
  const sum = (key) => [...results.values()].reduce((total, result) => total + result[key], 0);
  const unsteady = failed.filter((suite) => results.get(suite).failed === 0).map(({ name }) => name);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), unsteady };
}

async function runSuite({ name, files }, scratch, env) {
  const output = path.join(scratch, `${name.replaceAll(/[/\\]/g, '-')}.json`);
  rmSync(output, { force: true });
  const started = performance.now();
  const reporter = ['--reporter', 'json', '--reporter-option', `output=${output}`];
  const { code, text } = await run(['node_modules/mocha/bin/mocha.js', ...reporter, ...files], env);
  const report = existsSync(output) ? JSON.parse(readFileSync(output, 'utf8')) : undefined;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return report === undefined ? crashed(name, code, text) : summed(name, report, { code, text, seconds });
}

function summed(name, { stats, failures }, { code, text, seconds }) {
  // a process that fails after its last test (an unhandled rejection, a handle that hangs) failed
  const unexplained = code !== 0 && stats.failures === 0 ? 1 : 0;
  const failed = stats.failures + unexplained;
  console.log(`${failed > 0 ? 'FAILED' : 'ok'} ${name}: ${stats.passes} passed, ${failed} failed (${seconds} s)`);
  for (const { fullTitle, file, err } of failures) {
    console.log(`\n  ${fullTitle}\n  ${path.relative(process.cwd(), file ?? '')}`);
    const told = err.stack ?? err.message ?? String(err);
    console.log(indent(told.length > 6000 ? `${told.slice(0, 6000)}\n[...]` : told));
  }
  if (failed > 0 && text.trim() !== '') console.log(indent(text));
  return { passed: stats.passes, failed, skipped: stats.pending };
}

function crashed(name, code, text) {
  console.log(`FAILED ${name}: ended with ${code} before it could report\n${indent(text)}`);
  return { passed: 0, failed: 1, skipped: 0 };
}

function run(arguments_, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, arguments_, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => (text += chunk));
    }
    const timer = setTimeout(() => {
      text += `\nStopped after ${longest / 60_000} minutes: a server or a process that a test started still runs.`;
      child.kill('SIGKILL');
    }, longest);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? signal, text });
    });
  });
}

function indent(text) {
  return text.replace(/^/gm, '    ');
}
