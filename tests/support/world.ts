/** A sandbox with an agent before it: what a test of a whole task or of a pipeline needs. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RunTaskOptions, TaskRun } from '../../sandbox/agent/index.ts';
import { runTask } from '../../sandbox/agent/index.ts';
import type { RequestRecord } from '../../sandbox/contracts.ts';
import { chainIntercepts } from '../../sandbox/kit/faults.ts';
import type { PipelineRun, PipelineRunOptions } from '../../sandbox/pipeline/index.ts';
import { catalogueOf, jobOptionsBehindProxy, readPipeline, runPipeline } from '../../sandbox/pipeline/index.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { packagedTask, packagedTasks } from './packaged.ts';
import { assertSpecified, createSpecificationCheck } from './specification/check.ts';

export interface World {
  readonly sandbox: Sandbox;
  /** Runs a packaged task as the agent does, behind the sandbox's proxy with Azure's real names. */
  run(task: string, inputs: Readonly<Record<string, string>>, options?: Partial<RunTaskOptions>): Promise<TaskRun>;
  /** Runs a pipeline with the packaged tasks; files that it names are found in `content`. */
  pipeline(yaml: string, options?: Partial<PipelineRunOptions>): Promise<PipelineRun>;
  /** Requests that could change something, by our tasks (not by controllers, MIC, NMI or pods). */
  writes(): readonly RequestRecord[];
  stop(): Promise<void>;
}

/** Name of the identity with this object id in the scenario; the id itself where it is another principal's. */
export function principalName({ scenario }: Sandbox, principalId: string): string {
  const identities = scenario.subscriptions.flatMap(({ resourceGroups }) =>
    resourceGroups.flatMap(({ identities: own }) => own),
  );
  return identities.find((each) => each.principalId === principalId)?.name ?? principalId;
}

export const examples: string = path.join(import.meta.dirname, '../../examples');

export async function startWorld(options: Partial<SandboxOptions> = {}): Promise<World> {
  const check = createSpecificationCheck();
  const intercept = options.intercept ? chainIntercepts(check.intercept, options.intercept) : check.intercept;
  const sandbox = await startSandbox({ scenario: 'article', ...options, intercept });
  const { connection, requests } = sandbox;
  const folders: string[] = [];
  const workFolder = (): string => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-agent-'));
    folders.push(folder);
    return folder;
  };
  const node = process.versions.node.startsWith('24.') ? 24 : 20;
  const job = { ...jobOptionsBehindProxy(connection), host: 'build', node } as const;
  return {
    sandbox,
    run: async (task, inputs, more = {}) => {
      const taskDirectory = await packagedTask(task);
      return runTask({ ...job, taskDirectory, inputs: withIds(sandbox, inputs), workFolder: workFolder(), ...more });
    },
    pipeline: async (yaml, more = {}) => {
      const catalogue = catalogueOf(await packagedTasks(), connection.publicServiceConnections);
      return runPipeline(readPipeline(yaml, 'test.yml', catalogue), {
        ...job,
        content: examples,
        workFolder: workFolder(),
        ...more,
      });
    },
    writes: () => requests.all().filter(isWriteOfTask),
    stop: async () => {
      const unknown = requests.all().filter(({ status }) => status === 501);
      await sandbox.stop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
      // A polite 501 must not pass for an answer: whoever asked for it needs the sandbox to know more.
      assert.deepEqual(
        unknown.map(({ method, server, path: where }) => `${method} ${server} ${where}`),
        [],
      );
      assertSpecified(check);
    },
  };
}

/** The agent is given ids; tests name service connections as a YAML pipeline does. */
export function withIds({ connection }: Sandbox, inputs: Readonly<Record<string, string>>): Record<string, string> {
  const named = Object.entries(inputs).map(([name, value]): [string, string] => {
    if (name !== 'azureSubscription' && name !== 'kubernetesServiceConnection') return [name, value];
    const endpoint = connection.publicServiceConnections.find((each) => each.name === value);
    if (!endpoint) throw new Error(`The scenario has no service connection ${value}.`);
    return [name, endpoint.id];
  });
  return Object.fromEntries(named);
}

/** Token requests, the request for an assertion, the list of credentials and queries are POSTs that write nothing. */
const harmlessPosts =
  /\/oauth2\/|\/oidctoken|\/listCluster(User|Admin)Credential|\/exec\?|selfsubjectaccessreviews|\/runCommand\?|\/Microsoft\.ResourceGraph\/resources/i;

/** Whether a request could change something; the intercepted request says as much as the recorded one. */
export function isWriteOfTask({
  method,
  path: where,
  server,
}: Pick<RequestRecord, 'method' | 'path' | 'server'>): boolean {
  if (server === 'proxy' || ['GET', 'HEAD', 'OPTIONS'].includes(method)) return false;
  return !(method === 'POST' && harmlessPosts.test(where));
}
