/** `npm run sandbox`: the servers alone, until Ctrl+C. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { NoControlPlaneError } from './cluster-kubernetes/programs.ts';
import { YamlFileError } from './kit/checked-yaml.ts';
import { orphaned } from './kit/orphaned.mjs';
import { clusterKinds } from './sandbox-options.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';

const usage = `npm run sandbox [-- --scenario FILE --cluster KIND --latency MS --faults FILE --port BASE]

  --scenario FILE  the world before a pipeline runs (default: article); looked for here, then in sandbox/
  --cluster KIND   embedded (default), or kubernetes: a real control plane (npm run controlplane)
  --latency MS     milliseconds added to every answer
  --faults FILE    a fault plan: which requests go wrong, and how
  --port BASE      ports from here on (default: free ones)
`;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError that says what is allowed */
export function readOptions(args: readonly string[]): SandboxOptions {
  const values = parsed(args);
  const cluster = clusterKinds.find((kind) => kind === values.cluster);
  if (cluster === undefined) {
    throw new UsageError(`--cluster ${values.cluster} is not known: use ${clusterKinds.join(' or ')}.`);
  }
  const latency = wholeNumber('--latency', values.latency, 600_000);
  const basePort = wholeNumber('--port', values.port, 65_000);
  return {
    scenario: values.scenario,
    cluster,
    folder: '.sandbox',
    ...(latency === undefined ? {} : { latency }),
    ...(basePort === undefined ? {} : { basePort }),
    ...(values.faults === undefined ? {} : { faults: values.faults }),
  };
}

function parsed(args: readonly string[]): {
  scenario: string;
  cluster: string;
  latency?: string;
  faults?: string;
  port?: string;
} {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string', default: 'article' },
        cluster: { type: 'string', default: 'embedded' },
        latency: { type: 'string' },
        faults: { type: 'string' },
        port: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(flag: string, value: string | undefined, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value !== '' && Number.isInteger(number) && number >= 0 && number <= most) return number;
  throw new UsageError(`${flag} ${value}: use a whole number from 0 to ${String(most)}.`);
}

/** What a person who started the sandbox needs to see. No secrets: those stand in connection.json. */
export function describe({ connection, connectionFile, clusters }: Sandbox): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Azure Resource Manager', connection.resourceManager],
    ['Entra', connection.activeDirectory],
    ['Key Vault', `${connection.keyVault} (vaults by Host header)`],
    ['Instance metadata', connection.instanceMetadata],
    ['Azure DevOps', connection.collectionUri],
    ['Proxy', `${connection.proxy} (Azure's real names lead here)`],
    ...clusters.map(({ name, server }) => [`Cluster ${name}`, server] as const),
    ['Certificate authority', connection.caFile],
    ['Everything else', connectionFile],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

async function main(): Promise<void> {
  const started = performance.now();
  // From the first moment on: a sandbox that is interrupted while it starts still removes its files.
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    void orphaned().then(resolve);
  });
  const sandbox = await startSandbox(readOptions(process.argv.slice(2)));
  console.log(
    `The sandbox runs (started in ${((performance.now() - started) / 1000).toFixed(1)} s).\n\n${describe(sandbox)}\n`,
  );
  console.log('GET /_sandbox/requests on every address tells what it was asked. Ctrl+C ends the sandbox.');
  await interrupted;
  console.log('\nStopping.');
  await sandbox.stop();
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) {
  try {
    await main();
  } catch (error) {
    const isPlain =
      error instanceof YamlFileError || error instanceof UsageError || error instanceof NoControlPlaneError;
    console.error(isPlain ? error.message : error);
    if (error instanceof UsageError) console.error(`\n${usage}`);
    process.exitCode = 1;
  }
}
