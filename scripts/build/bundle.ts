/** Bundles the code of one task: a CommonJS file that starts, and beside it files that are loaded when first needed. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, transform, type Metafile } from 'esbuild';
import { leanLibraries } from './lean-libraries.ts';
import { oneStart } from './one-start.ts';

/** The oldest Node of the handlers that task.json declares. */
const target = 'node20';

/**
 * The one Azure package that names its ES modules only in the old way, which esbuild does not follow for Node. Without
 * this its CommonJS build would bring a second copy of the whole HTTP pipeline.
 */
const alias = { '@azure/arm-authorization': '@azure/arm-authorization/dist-esm/src/index.js' };

export interface Bundle {
  readonly metafile: Metafile;
  /** Names and bytes of the files that Node reads before the task's first line runs, entry first. */
  readonly atStart: ReadonlyMap<string, number>;
  /** Names and bytes of the files that an `import()` brings. */
  readonly whenNeeded: ReadonlyMap<string, number>;
}

/**
 * esbuild splits code at `import()` only in ES modules, and an agent wants CommonJS beside `__dirname`. So the bundle is
 * split as ES modules first, and each file is turned into CommonJS then; shared code stays in one file and one copy.
 *
 * @param root the repository; paths in the output depend on nothing above it
 */
export async function bundleTask(root: string, entry: string, outdir: string): Promise<Bundle> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: 'part-[hash]',
    format: 'esm',
    platform: 'node',
    target,
    alias,
    plugins: [...leanLibraries, oneStart(path.join(root, entry))],
    minify: true,
    treeShaking: true,
    legalComments: 'none',
    metafile: true,
    write: true,
    logLevel: 'silent',
    preserveSymlinks: true,
  });
  const files = Object.keys(result.metafile.outputs);
  await Promise.all(files.map(async (file) => toCommonJs(path.join(root, file))));
  return measure(root, result.metafile, path.basename(entry).replace(/\.ts$/, '.js'));
}

async function toCommonJs(file: string): Promise<void> {
  const source = await readFile(file, 'utf8');
  const { code } = await transform(source, {
    format: 'cjs',
    platform: 'node',
    target,
    // By require() in the end: Node reads a CommonJS file twice when it is imported, to find the names that it exports.
    supported: { 'dynamic-import': false },
    minify: true,
    legalComments: 'none',
  });
  await rm(file);
  await writeFile(file, code);
}

async function measure(root: string, metafile: Metafile, entryName: string): Promise<Bundle> {
  const { outputs } = metafile;
  const entry = Object.keys(outputs).find((file) => path.basename(file) === entryName);
  if (entry === undefined) throw new Error(`esbuild wrote no ${entryName}`);
  const reached = new Set([entry]);
  for (const file of reached) {
    const imports = outputs[file]?.imports ?? [];
    for (const { path: imported, kind } of imports)
      if (kind === 'import-statement' && imported in outputs) reached.add(imported);
  }
  const others = Object.keys(outputs).filter((file) => !reached.has(file));
  return { metafile, atStart: await sizes(root, [...reached]), whenNeeded: await sizes(root, others.sort()) };
}

async function sizes(root: string, files: readonly string[]): Promise<Map<string, number>> {
  const entries = files.map(async (file): Promise<[string, number]> => {
    const content = await readFile(path.join(root, file));
    return [path.basename(file), content.length];
  });
  return new Map(await Promise.all(entries));
}
