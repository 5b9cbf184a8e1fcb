/** The programs of a real control plane, started and ended as one. */
import { mkdtemp } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AzureForClusters } from '../contracts.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  schedulerArguments,
  type Ports,
} from './arguments.ts';
import { createIdentities, writeKubeconfig, type Identities } from './identities.ts';
import { Keeper } from './keeper.ts';
import { ApiConnection } from './api-connection.ts';

export interface ControlPlane {
  readonly identities: Identities;
  /** As system:masters, straight to the API server. */
  readonly admin: ApiConnection;
  readonly port: number;
  stop(): Promise<void>;
}

interface ControlPlaneOptions {
  readonly name: string;
  readonly enableRbac: boolean;
  readonly azure: AzureForClusters;
}

const longestStart = 60_000;
const attempts = 3;

/** Resolves when the API server is ready and its controllers made what every namespace has. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // A port that was free when it was chosen may be taken since.
      if (attempt >= attempts || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function startOnce({ name, enableRbac, azure }: ControlPlaneOptions): Promise<ControlPlane> {
  const folder = await mkdtemp(path.join(tmpdir(), 'keyless-pods-control-plane-'));
  const keeper = new Keeper(folder);
  try {
    const identities = await createIdentities(folder, name, azure);
    const [etcd = 0, etcdPeers = 0, server = 0] = await freePorts(3);
    const ports: Ports = { etcd, etcdPeers, server };
    keeper.start('etcd', etcdArguments(path.join(folder, 'etcd'), ports, identities.file));
    keeper.start('kube-apiserver', apiServerArguments(ports, enableRbac, identities.file));
    const admin = new ApiConnection({ port: server, caPem: azure.caPem, ...identities.admin });
    await until(keeper, 'kube-apiserver', () => isReady(admin));
    const where = { server: `https://127.0.0.1:${String(server)}`, caPem: azure.caPem, identities };
    const manager = await writeKubeconfig(folder, 'system:kube-controller-manager', where);
    keeper.start('kube-controller-manager', controllerManagerArguments(manager, identities.file));
    keeper.start('kube-scheduler', schedulerArguments(await writeKubeconfig(folder, 'system:kube-scheduler', where)));
    await until(keeper, 'kube-controller-manager', () => hasStandardObjects(admin));
    const stop = async (): Promise<void> => {
      admin.close();
      await keeper.stop();
    };
    return { identities, admin, port: server, stop };
  } catch (error) {
    await keeper.stop();
    throw error;
  }
}

/** All at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

async function until(keeper: Keeper, program: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + longestStart;
  while (!(await holds())) {
    keeper.check();
    if (performance.now() > end) {
      const seconds = String(longestStart / 1000);
      throw new Error(`${program} is not ready after ${seconds} s:\n${keeper.lastWords(program)}`);
    }
    await sleep(25);
  }
}

async function isReady(admin: ApiConnection): Promise<boolean> {
  return (await statusOf(admin, '/readyz')) === 200;
}

/** Pods are refused in a namespace without its service account; pods read the root certificate. */
async function hasStandardObjects(admin: ApiConnection): Promise<boolean> {
  const namespaces = ['default', 'kube-system'];
  const paths = namespaces.flatMap((namespace) => [
    `/api/v1/namespaces/${namespace}/serviceaccounts/default`,
    `/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`,
  ]);
  const found = await Promise.all(paths.map((its) => statusOf(admin, its)));
  return found.every((status) => status === 200);
}

async function statusOf(admin: ApiConnection, its: string): Promise<number> {
  try {
    return (await admin.call('GET', its)).status;
  } catch {
    // Not listening yet.
    return 0;
  }
}
