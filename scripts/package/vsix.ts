/** Makes the VSIX: tfx writes it, then it is packed again so that the same content is the same file, byte for byte. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { unzipSync, zipSync, type Zippable } from 'fflate';

const run = promisify(execFile);

/** Any fixed time does; a zip cannot hold one before 1980. Local on purpose: a zip's times have no time zone. */
const packedAt = new Date(2020, 0, 1);

/**
 * @param folder the built extension (`dist/extension`)
 * @returns the bytes of the VSIX
 * @throws Error with tfx's own output where tfx refuses the extension or warns about it
 */
export async function makeVsix(folder: string): Promise<Uint8Array> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'keyless-pods-vsix-'));
  try {
    const file = path.join(scratch, 'made-by-tfx.vsix');
    await runTfx(folder, file);
    return repack(await readFile(file));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function runTfx(folder: string, file: string): Promise<void> {
  const tfx = createRequire(import.meta.url).resolve('tfx-cli/_build/tfx-cli.js');
  const options = ['extension', 'create', '--root', folder, '--manifests', 'vss-extension.json', '--output-path', file];
  const env = { ...process.env, HOME: path.dirname(file), USERPROFILE: path.dirname(file), FORCE_COLOR: '0' };
  const { stdout, stderr } = await run(process.execPath, [tfx, ...options, '--no-prompt', '--no-color'], { env }).catch(
    (error: unknown) => {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`tfx cannot make the package:\n${stdout}${stderr}`, { cause: error });
    },
  );
  if (/\bwarn/i.test(stdout + stderr)) throw new Error(`tfx warns about the package:\n${stdout}${stderr}`);
}

/** Sorted entries, one fixed time, one compression level: nothing of the machine or the moment is left. */
function repack(vsix: Uint8Array): Uint8Array {
  const entries = Object.entries(unzipSync(vsix)).filter(([name]) => !name.endsWith('/'));
  const files: Zippable = {};
  for (const [name, content] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    files[name] = [content, { level: 9, mtime: packedAt, os: 3, attrs: 0o100644 << 16 }];
  }
  return zipSync(files);
}
