/** `npm start`: a pipeline with the packaged tasks against a sandbox on this machine. Exit code: the pipeline's result. */
import process from 'node:process';
import { readOptions, UsageError, usage } from './start/options.ts';
import { start } from './start/start.ts';

const cancel = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    cancel.abort();
  });
}
const plainErrors = ['PipelineError', 'YamlFileError', 'UsageError', 'StartError', 'NoControlPlaneError'];
try {
  process.exitCode = await start(readOptions(process.argv.slice(2)), cancel.signal);
} catch (error) {
  // Problems that a person can put right have names of their own; anything else is a fault of the sandbox and needs its stack.
  const isPlain = error instanceof Error && plainErrors.includes(error.name);
  console.error(isPlain ? error.message : error);
  if (error instanceof UsageError) console.error(`\n${usage}`);
  process.exitCode = 1;
}
