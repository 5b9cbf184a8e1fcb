/** A sandbox with an agent before it: what a test of a whole task needs. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RunTaskOptions, TaskRun } from '../../sandbox/agent/index.ts';
import { runTask } from '../../sandbox/agent/index.ts';
import type { RequestRecord } from '../../sandbox/contracts.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { packagedTask } from './packaged.ts';

export interface World {
  readonly sandbox: Sandbox;
  /** Runs a packaged task as the agent does, behind the sandbox's proxy with Azure's real names. */
  run(task: string, inputs: Readonly<Record<string, string>>, options?: Partial<RunTaskOptions>): Promise<TaskRun>;
  /** Id of a service connection by its name in the scenario. */
  connection(name: string): string;
  /** Requests that could change something, by our tasks (not by controllers, MIC or the pods). */
  writes(): readonly RequestRecord[];
  stop(): Promise<void>;
}

export async function startWorld(options: Partial<SandboxOptions> = {}): Promise<World> {
  const sandbox = await startSandbox({ scenario: 'article', ...options });
  const folders: string[] = [];
  const { connection } = sandbox;
  const endpointId = (name: string): string => {
    const endpoint = connection.publicServiceConnections.find((each) => each.name === name);
    if (!endpoint) throw new Error(`The scenario has no service connection ${name}.`);
    return endpoint.id;
  };
  return {
    sandbox,
    connection: endpointId,
    run: (task, inputs, more = {}) => {
      const workFolder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-agent-'));
      folders.push(workFolder);
      const named = Object.entries(inputs).map(
        ([name, value]) => [name, isConnectionInput(name) ? endpointId(value) : value] as const,
      );
      return runTask({
        ...jobFacts(sandbox),
        taskDirectory: packagedTask(task),
        inputs: Object.fromEntries(named),
        workFolder,
        node: process.versions.node.startsWith('24.') ? 24 : 20,
        ...more,
      });
    },
    writes: () => sandbox.requests.all().filter(isWriteOfTask),
    stop: async () => {
      await sandbox.stop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isConnectionInput(name: string): boolean {
  return name === 'azureSubscription' || name === 'kubernetesServiceConnection';
}

function jobFacts({ connection }: Sandbox): Omit<RunTaskOptions, 'taskDirectory' | 'workFolder'> {
  const { job, project, collectionUri, oidcRequestUri, proxy, caFile } = connection;
  return {
    host: 'build',
    endpoints: connection.publicServiceConnections,
    collectionUri,
    project,
    planId: job.planId,
    jobId: job.jobId,
    accessToken: job.accessToken,
    oidcRequestUri,
    proxy: { url: proxy },
    caFile,
  };
}

/** Token requests, the request for an assertion and the list of credentials are POSTs that write nothing. */
const harmlessPosts = /\/oauth2\/|\/oidctoken|\/listCluster(User|Admin)Credential|\/exec\?|selfsubjectaccessreviews/i;

function isWriteOfTask({ method, path: where, server }: RequestRecord): boolean {
  if (server === 'proxy' || method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return false;
  return !(method === 'POST' && harmlessPosts.test(where));
}
