/**
 * Microsoft.ContainerService/managedClusters/runCommand: the protocol as recordings of azure-cli show it. 202 without a
 * body, then 202 with one while the command runs, then 200.
 */
import { notImitated, type SandboxResponse } from '../../kit/http-server.ts';
import { resourceTypes, withLowerCaseGroups } from '../state/resource-id.ts';
import type { Cluster } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { kubectlGet, readKubectlGet } from './kubectl-get.ts';
import { findResource } from './lookup.ts';
import { clusterErrors } from './managed-cluster-refusals.ts';
import { param, type Call, type Route } from './route.ts';

const type = resourceTypes.cluster;
const cluster = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}/{name}`;
const common = { versions: versions.managedClusters };

export const runCommandRoutes: readonly Route[] = [
  {
    ...common,
    method: 'POST',
    pattern: `${cluster}/runCommand`,
    action: `${type}/runcommand/action`,
    scope: (_params, path) => path.slice(0, path.lastIndexOf('/')),
    handle: run,
  },
  {
    ...common,
    method: 'GET',
    pattern: `${cluster}/commandResults/{command}`,
    action: `${type}/commandResults/read`,
    handle: result,
  },
];

async function run(call: Call): Promise<SandboxResponse> {
  const found = findResource(call, 'cluster', call.world.clusters);
  const running = call.clusters.byResourceId(found.id);
  if (found.spec.powerState === 'Stopped' || !running) throw clusterErrors.stopped(found.name);
  const { command, context } = (call.body ?? {}) as { readonly command?: unknown; readonly context?: unknown };
  const read = typeof command === 'string' ? readKubectlGet(command) : undefined;
  if (!read || found.spec.disableLocalAccounts || (context !== undefined && context !== '')) {
    return notImitated(`the command ${String(command)}`, 'sandbox/azure/resource-manager/kubectl-get.ts');
  }
  const { id } = call.world.operations.start();
  call.world.commands.add({ clusterId: found.id, operation: id, ...kubectlGet(read, await running.dump()) });
  return { status: 202, headers: { location: addressOf(call, found, plain(id)) } };
}

function result(call: Call): SandboxResponse {
  const found = findResource(call, 'cluster', call.world.clusters);
  const id = param(call, 'command');
  const command = call.world.commands.find(found.id, id);
  const operation = command && call.world.operations.look(command.operation);
  if (!operation) throw clusterErrors.commandNotFound(id);
  if (!operation.endTime) {
    const body = { id: plain(operation.id), properties: { provisioningState: 'Running' } };
    return { status: 202, headers: { location: addressOf(call, found, id) }, body };
  }
  const { exitCode, logs } = command;
  const [startedAt, finishedAt] = [operation.startTime, operation.endTime].map((time) => time.toISOString());
  return {
    status: 200,
    body: {
      id: plain(operation.id),
      properties: { provisioningState: 'Succeeded', exitCode, startedAt, finishedAt, logs },
    },
  };
}

/** In lower case where the request need not be. */
function addressOf(call: Call, { id }: Cluster, command: string): string {
  const path = withLowerCaseGroups(id).replace('/managedClusters/', '/managedclusters/');
  return call.address(`${path}/commandResults/${command}`);
}

/** 32 hexadecimal digits. */
function plain(id: string): string {
  return id.replaceAll('-', '');
}
