/** Builds, checks and packs the extension. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildExtension, type BuildResult } from '../build/build-extension.ts';
import { readJson } from '../build/project.ts';
import { lintExtension } from '../lint-extension/lint.ts';
import type { ExtensionManifest } from '../lint-extension/manifest.ts';
import { makeVsix } from './vsix.ts';

/** In bytes. */
const largestPackage = 5_000_000;

export interface PackageResult extends BuildResult {
  /** Absolute: `dist/<publisher>.<extension>-<version>.vsix`; absent where there are problems. */
  readonly file?: string;
  readonly bytes: number;
}

/** Nothing is written where a check fails: `problems` says what is wrong then. */
export async function packageExtension(root: string): Promise<PackageResult> {
  const build = await buildExtension(root);
  const problems = [...build.problems, ...lintExtension(build.folder)];
  if (problems.length > 0) return { ...build, problems, bytes: 0 };
  const content = await makeVsix(build.folder);
  const bytes = content.length;
  if (bytes > largestPackage) {
    return {
      ...build,
      problems: [`the package has ${String(bytes)} bytes, more than ${String(largestPackage)}`],
      bytes,
    };
  }
  const { publisher, id, version } = readJson(path.join(build.folder, 'vss-extension.json')) as ExtensionManifest;
  const file = path.join(root, 'dist', `${publisher}.${id}-${version}.vsix`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
  return { ...build, file, bytes };
}
