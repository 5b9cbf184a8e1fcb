/** One small world per cloud, with a service connection of every scheme, for runs by every way to it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { TaskRun } from '../../../sandbox/agent/index.ts';
import { runTask } from '../../../sandbox/agent/index.ts';
import type { NodeMajor } from '../../../sandbox/agent/node-binary.ts';
import { cloudOf, type CloudName, type SandboxCloud } from '../../../sandbox/clouds.ts';
import type { RequestRecord } from '../../../sandbox/contracts.ts';
import { jobOptionsBehindProxy, jobOptionsDirect } from '../../../sandbox/pipeline/index.ts';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { parseScenario } from '../../../sandbox/scenario/load.ts';
import type { Scenario } from '../../../sandbox/scenario/types.ts';
import { packagedTask } from '../../support/packaged.ts';

export const schemes = ['secret', 'certificate', 'federation', 'managed identity'] as const;
export type Scheme = (typeof schemes)[number];

export const ways = ['directly', 'through a proxy', 'through a proxy with a password'] as const;
export type Way = (typeof ways)[number];

export const proxyCredentials = { username: 'proxy-user', password: 'pr0xy-p4ssword/+' };

const application = 'application: deployer, subscription: Test';
const yaml = (cloud: CloudName): string => `
cloud: ${cloud}
tenants:
  - name: contoso
    applications:
      - name: deployer
        certificate: valid
        federatedCredentials:
          - issuer: https://vstoken.dev.azure.com/c6d6bfcc-719a-5441-9d8b-ea40ae9b4382
            subject: sc://contoso/keyless-pods/federation
agent: { systemAssigned: app/agent }
subscriptions:
  - name: Test
    tenant: contoso
    roleAssignments:
      - { role: Owner, principal: deployer, scope: '{subscription}' }
      - { role: Owner, principal: agent, scope: '{subscription}' }
    resourceGroups:
      - name: app
        identities: [{ name: agent }, { name: kubelet }]
        clusters: [{ name: aks, nodeResourceGroup: nodes, kubeletIdentity: app/kubelet }]
        vaults: [{ name: kvweb }]
      - { name: nodes }
serviceConnections:
  - { name: secret, kind: AzureRM, ${application} }
  - { name: certificate, kind: AzureRM, authenticationType: spnCertificate, ${application} }
  - { name: federation, kind: AzureRM, scheme: WorkloadIdentityFederation, ${application} }
  - { name: managed identity, kind: AzureRM, scheme: ManagedServiceIdentity, subscription: Test }
`;

export function smallScenario(cloud: CloudName): Scenario {
  return parseScenario(yaml(cloud));
}

export interface Route {
  readonly scheme: Scheme;
  readonly way: Way;
  readonly node: NodeMajor;
}

export interface CloudWorld {
  readonly cloud: SandboxCloud;
  readonly sandbox: Sandbox;
  /** Of the tokens that Resource Manager was shown since the last run. */
  readonly audiences: ReadonlySet<unknown>;
  /** Of the certificate assertions that were sent since the last run. */
  readonly assertions: readonly { readonly alg?: string; readonly x5c?: readonly string[] }[];
  run(task: string, inputs: Readonly<Record<string, string>>, route: Route): Promise<TaskRun>;
  /** What was asked by the last run, of one server. */
  asked(server: string): readonly RequestRecord[];
  stop(): Promise<void>;
}

export async function startCloudWorld(name: CloudName, options: { readonly password: boolean }): Promise<CloudWorld> {
  const audiences = new Set<unknown>();
  const assertions: CloudWorld['assertions'][number][] = [];
  const sandbox = await startSandbox({
    scenario: smallScenario(name),
    ...(options.password ? { proxyCredentials } : {}),
    intercept: ({ server, phase, headers, body }) => {
      if (phase === 'after') return undefined;
      const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
      if (server === 'resourceManager' && token !== undefined) audiences.add(decodeJwt(token).aud);
      const assertion = server === 'entra' ? new URLSearchParams(body.toString()).get('client_assertion') : null;
      if (assertion !== null) assertions.push(decodeProtectedHeader(assertion));
      return undefined;
    },
  });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-clouds-'));
  let runs = 0;
  return {
    cloud: cloudOf(name),
    sandbox,
    audiences,
    assertions,
    run: async (task, inputs, { scheme, way, node }) => {
      sandbox.requests.clear();
      audiences.clear();
      assertions.length = 0;
      runs += 1;
      const job = jobOf(sandbox, way);
      const connection = job.endpoints?.find((each) => each.name === scheme);
      const azureSubscription = connection?.id ?? '';
      const taskDirectory = await packagedTask(task);
      const workFolder = path.join(folder, String(runs));
      return runTask({
        ...job,
        host: 'build',
        node,
        taskDirectory,
        inputs: { ...inputs, azureSubscription },
        workFolder,
      });
    },
    asked: (server) => sandbox.requests.all().filter((request) => request.server === server),
    stop: async () => {
      const unknown = sandbox.requests.all().filter(({ status }) => status === 501);
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
      assert.deepEqual(unknown, []);
    },
  };
}

function jobOf({ connection }: Sandbox, way: Way): ReturnType<typeof jobOptionsBehindProxy> {
  if (way === 'directly') return jobOptionsDirect(connection);
  const job = jobOptionsBehindProxy(connection);
  const credentials = way === 'through a proxy' ? {} : proxyCredentials;
  return { ...job, proxy: { url: connection.proxy, ...credentials } };
}
