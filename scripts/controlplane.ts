/**
 * `npm run controlplane`: builds a real Kubernetes control plane from its public Go modules, once for each version, and
 * keeps it outside of every checkout. Nothing to do where it is there already. Needs Go, and nothing else.
 *
 *   npm run controlplane                 what `--cluster kubernetes` needs
 *   npm run controlplane -- mic nmi      some programs only
 *   npm run controlplane -- --all        every program of the table in sandbox/cluster-kubernetes/programs.ts
 *   npm run controlplane -- --jobs 1     compiles one package at a time (default: one for each core, at low priority)
 *   npm run controlplane -- --keep-go    keeps what Go downloaded and compiled (some 8 GB) for the next build
 */
import process from 'node:process';
import { build } from './controlplane/build.ts';
import { readOptions, UsageError } from './controlplane/options.ts';

const cancel = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    cancel.abort();
  });
}
try {
  const say = (line: string): void => {
    console.log(line);
  };
  process.exitCode = (await build(readOptions(process.argv.slice(2)), say, cancel.signal)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
