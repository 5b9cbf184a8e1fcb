import path from 'node:path';
import type { Plugin } from 'esbuild';

const NAMESPACE = 'after the start';

/**
 * Keeps what loads at the start in one file. esbuild makes a file of its own for each set of modules that the start shares
 * with some of the later parts, a dozen of them, and each costs Node about half a millisecond to find, read and compile.
 * Each later part of our own code is made to need the whole start, which is there whenever it is loaded: then all of the
 * start is shared by the same parts. Modules with a default export would lose it; ours have none.
 */
export function oneStart(entry: string): Plugin {
  return {
    name: 'one-start',
    setup: (builder) => {
      builder.onResolve({ filter: /^\.{1,2}\// }, ({ path: wanted, kind, resolveDir, importer }) => {
        if (kind !== 'dynamic-import' || importer.includes('node_modules')) return undefined;
        const real = path.join(resolveDir, wanted);
        return { path: path.relative(path.dirname(entry), real), namespace: NAMESPACE, pluginData: real };
      });
      builder.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ pluginData: real }: { pluginData: string }) => ({
        contents: `import ${JSON.stringify(entry)}; export * from ${JSON.stringify(real)};`,
        resolveDir: path.dirname(entry),
      }));
    },
  };
}
