/** Finds the Node binaries that an agent carries: its own major, or one fetched from npm into a cache outside the checkout. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { cacheDirectory } from '../kit/cache-directory.ts';

export type NodeMajor = 20 | 24;

/** What agents carried in August 2026 (facts/azure-pipelines.md 1.2), as npm packages node-<platform>-<arch>. */
export const nodeVersions: Readonly<Record<NodeMajor, string>> = { 20: '20.20.2', 24: '24.18.1' };

/** Path of a Node binary of this major. @throws where neither this process nor the cache has one, saying how to get it. */
export function findNode(major: NodeMajor): string {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const file = cachedBinary(major);
  if (existsSync(file)) return file;
  throw new Error(
    `Node ${String(major)} is not here: this process is Node ${process.versions.node}, and ${file} does not exist. ` +
      `Fetch it with: node --import tsx scripts/fetch-node.ts ${String(major)}`,
  );
}

/** Fetches the binary with npm where it is missing. @returns its path. @throws with npm's own words where that fails. */
export async function fetchNode(major: NodeMajor): Promise<string> {
  try {
    return findNode(major);
  } catch {
    const prefix = path.join(cacheDirectory(), `node-${nodeVersions[major]}`);
    await mkdir(prefix, { recursive: true });
    const flags = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--no-package-lock'];
    const args = ['install', '--prefix', prefix, ...flags, `${packageName()}@${nodeVersions[major]}`];
    await promisify(execFile)('npm', args, { shell: process.platform === 'win32' });
    return findNode(major);
  }
}

function cachedBinary(major: NodeMajor): string {
  const root = path.join(cacheDirectory(), `node-${nodeVersions[major]}`, 'node_modules', packageName(), 'bin');
  return path.join(root, process.platform === 'win32' ? 'node.exe' : 'node');
}

function packageName(): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return `node-${platform}-${process.arch}`;
}
