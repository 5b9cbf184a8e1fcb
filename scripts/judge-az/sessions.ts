/** Who is signed in: one login for each application and sandbox, copied for every case, so that no case sees another's home. */
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { azEnvironment } from '../azure-cli/environment.ts';
import { runProgram } from '../azure-cli/run.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { nobody } from './case.ts';
import { filledIn, type Values } from './placeholders.ts';

/** Milliseconds; no case needs a tenth of it. */
const longest = 180_000;

export interface SessionOptions {
  readonly sandbox: Sandbox;
  readonly azFolder: string;
  readonly values: Values;
  /** For the homes of az. */
  readonly folder: string;
}

/** The tokens of all three services are there afterwards: what the tables show is what the commands ask for themselves. */
const signIn = [
  'az login --service-principal -u {client:NAME} --password={secret:NAME} --tenant {tenant} --allow-no-subscriptions',
  // Who holds no role has no subscription.
  '(az account set --subscription {subscription} || true)',
  'az account get-access-token --resource-type ms-graph',
  'az account get-access-token --resource https://vault.azure.net',
].join(' && ');

export interface Sessions {
  /** A new home of az in which `name` is signed in. @throws Error with az's words */
  open(name: string, home: string): Promise<NodeJS.ProcessEnv>;
}

export function createSessions({ sandbox, azFolder, values, folder }: SessionOptions): Sessions {
  const templates = new Map<string, string>();
  const environment = (configFolder: string): NodeJS.ProcessEnv =>
    azEnvironment({ azFolder, connection: sandbox.connection, configFolder });
  const template = async (name: string): Promise<string> => {
    const known = templates.get(name);
    if (known !== undefined) return known;
    const home = path.join(folder, `signed-in-${name}`);
    mkdirSync(home, { recursive: true });
    const script = filledIn(signIn.replaceAll('NAME', name), values);
    const ran = await runProgram('bash', ['-c', script], { env: environment(home), longest });
    if (ran.code !== 0) throw new Error(`${name} cannot sign in: ${ran.stderr}`);
    templates.set(name, home);
    return home;
  };
  return {
    open: async (name, home) => {
      mkdirSync(home, { recursive: true });
      if (name !== nobody) cpSync(await template(name), home, { recursive: true });
      return environment(home);
    },
  };
}
