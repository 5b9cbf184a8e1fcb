/** The tasks as users get them: out of the packaged extension, unpacked once per test process. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';

const dist = new URL('../../dist/', import.meta.url).pathname;

let unpacked: string | undefined;

/** Directory of one task out of the newest package in dist. @throws where `npm run package` was not run */
export function packagedTask(name: string): string {
  unpacked ??= unpack();
  return path.join(unpacked, 'tasks', name, `${name}V1`);
}

function unpack(): string {
  const vsix = readdirSync(dist).find((file) => file.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('There is no package in dist: run `npm run package` first.');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-vsix-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [name, content] of Object.entries(unzipSync(readFileSync(path.join(dist, vsix))))) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(file, content);
  }
  return folder;
}
