/**
 * What AzureCLI@2 does with az for one script, less what would only make it slower: its own start of node, and its
 * `az --version` and `az cloud set -n AzureCloud`. Source: Tasks/AzureCLIV2/azureclitask.ts of azure-pipelines-tasks;
 * connection with a secret, standard inputs, bash. Assumed: each task has an az home of its own (newer ones make up a
 * name for every run; older ones share one in the agent's temporary folder), which costs az 2.91 nothing measurable.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Connection } from '../../sandbox/connection.ts';
import { azEnvironment } from './environment.ts';
import { runProgram } from './run.ts';

export interface AzureCliTask {
  /** The folder that holds `az`. */
  readonly azFolder: string;
  readonly connection: Pick<
    Connection,
    'proxy' | 'caFile' | 'clientId' | 'clientSecret' | 'tenantId' | 'subscriptionId'
  >;
  readonly script: string;
  /** Where the script runs. */
  readonly cwd: string;
}

/** az processes besides those of the script: login, account set, account clear. */
export const ownCommands = 3;

/** Milliseconds after which a step counts as hung. */
const longest = 300_000;

/** Resolves to the milliseconds that it took. @throws Error with what az said where any of it failed */
export async function runAzureCliTask(task: AzureCliTask): Promise<number> {
  const { azFolder, connection, script, cwd } = task;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-azurecli-'));
  const env = azEnvironment({ azFolder, connection, configFolder: path.join(folder, '.azclitask') });
  const az = async (args: readonly string[]): Promise<number> => run('az', args, { env, cwd });
  const file = path.join(folder, 'azureclitaskscript.sh');
  writeFileSync(file, script);
  const { clientId, clientSecret, tenantId, subscriptionId } = connection;
  const identity = ['-u', clientId, `--password=${clientSecret}`, '--tenant', tenantId, '--allow-no-subscriptions'];
  try {
    return (
      (await az(['login', '--service-principal', ...identity])) +
      (await az(['account', 'set', '--subscription', subscriptionId])) +
      (await run('bash', [file], { env, cwd })) +
      (await az(['account', 'clear']))
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(
  command: string,
  args: readonly string[],
  place: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<number> {
  const { code, stdout, stderr, milliseconds } = await runProgram(command, args, { ...place, longest });
  // The scripts do not stop at a failed command: what az says of errors tells.
  if (code !== 0 || /^ERROR:/m.test(stderr))
    throw new Error(`${command} ended with ${String(code)}:\n${stdout}${stderr}`);
  return milliseconds;
}
