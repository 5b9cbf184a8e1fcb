/** Everything that a client of a running sandbox needs to know: `.sandbox/connection.json`. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Job } from './azure-devops/organization.ts';
import type { Endpoint } from './service-connection.ts';

/** Addresses have no trailing slash, except `collectionUri`, which has one as in Azure Pipelines. */
export interface Connection {
  readonly tenantId: string;
  /** Like `clientId`, of the scenario's first Azure service connection. */
  readonly subscriptionId: string;
  /** Of the application behind the scenario's first Azure service connection. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** File: PEM of that application's certificate and key. Empty where the scenario gives it none. */
  readonly certificateFile: string;
  /** PEM of the certificate authority behind every HTTPS address here. */
  readonly caFile: string;
  readonly resourceManager: string;
  /** Entra: the authority host. */
  readonly activeDirectory: string;
  /** Vaults are `https://<name>.<suffix>`, reached through `proxy`. */
  readonly keyVaultDnsSuffix: string;
  /** The Key Vault server itself; it tells vaults apart by the Host header. */
  readonly keyVault: string;
  /** What 169.254.169.254 is on a node of the first cluster. */
  readonly instanceMetadata: string;
  /** The same on the agent's machine: the job variable AZURE_POD_IDENTITY_AUTHORITY_HOST of tasks. */
  readonly agentMetadata: string;
  readonly collectionUri: string;
  readonly project: { readonly id: string; readonly name: string };
  /** The job that may ask for id tokens: System.PlanId, System.JobId and the access token of SYSTEMVSSCONNECTION. */
  readonly job: Job;
  /** SYSTEM_OIDCREQUESTURI of that job. */
  readonly oidcRequestUri: string;
  /** File: the first cluster's, as a cluster administrator. Empty where no cluster runs. */
  readonly kubeconfig: string;
  readonly proxy: string;
  /** The sandbox's own addresses in their variables. */
  readonly serviceConnections: readonly Endpoint[];
  /** The same connections with Azure's public addresses, for use behind `proxy`. */
  readonly publicServiceConnections: readonly Endpoint[];
}

/** The files of a running sandbox: readable by their owner only, gone when it ends. */
export interface ConnectionFolder {
  readonly path: string;
  /** Returns the file's path. */
  write(name: string, content: string): Promise<string>;
  /** Removes what was written, and the folder where it was made for this run. */
  remove(): Promise<void>;
}

export async function openConnectionFolder(folder: string | undefined): Promise<ConnectionFolder> {
  const place = folder === undefined ? await mkdtemp(path.join(os.tmpdir(), 'keyless-pods-')) : path.resolve(folder);
  await mkdir(place, { recursive: true, mode: 0o700 });
  const written: string[] = [];
  return {
    path: place,
    write: async (name, content) => {
      const file = path.join(place, name);
      // An older file keeps its own mode when it is written over.
      await rm(file, { force: true });
      await writeFile(file, content, { mode: 0o600 });
      written.push(file);
      return file;
    },
    remove: async () => {
      if (folder === undefined) await rm(place, { recursive: true, force: true });
      else await Promise.all(written.map((file) => rm(file, { force: true })));
    },
  };
}
