/**
 * Installs what package-lock.json says when node_modules is missing or differs from it. Plain JavaScript with no
 * imports but Node's own, because it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Throws where npm fails; npm's own output says why. */
export function ensureInstalled(folder = root) {
  const missing = firstDifference(folder);
  if (missing === undefined) return;
  console.log(`Installing dependencies (${missing}): npm ci --ignore-scripts`);
  const npm = process.env['npm_execpath'];
  const found = npm !== undefined && /npm-cli\.c?js$/.test(npm);
  const [command, first] = found ? [process.execPath, [npm]] : ['npm', []];
  const result = spawnSync(command, [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
    shell: !found && process.platform === 'win32',
  });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`npm ci ended with exit code ${String(result.status)}`);
}

/**
 * Compares npm's own record of what it installed with the lock file. Times of files are no evidence: a checkout gives
 * every file the same new time.
 */
export function firstDifference(folder = root) {
  const wanted = readPackages(path.join(folder, 'package-lock.json'));
  if (wanted === undefined) throw new Error(`No package-lock.json in ${folder}`);
  const installed = readPackages(path.join(folder, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'node_modules is missing';
  for (const [name, { version, optional, peer, devOptional }] of Object.entries(wanted)) {
    if (name === '' || installed[name]?.version === version) continue;
    const mayBeAbsent = optional === true || devOptional === true || peer === true;
    if (installed[name] === undefined && mayBeAbsent) continue;
    return `${name.replace(/^node_modules\//, '')} ${version} is not installed`;
  }
  return undefined;
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
