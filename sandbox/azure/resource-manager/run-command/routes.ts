/**
 * Microsoft.ContainerService/managedClusters/runCommand: the protocol as recordings of azure-cli show it. 202 without a
 * body, then 202 with one while the command runs, then 200.
 */
import { notImitated, type SandboxResponse } from '../../../kit/http-server.ts';
import { signsInWithEntra } from '../../../scenario/entra-clusters.ts';
import { resourceTypes, withLowerCaseGroups } from '../../state/resource-id.ts';
import type { Cluster } from '../../state/world.ts';
import { versions } from '../api-versions.ts';
import { findResource } from '../lookup.ts';
import { clusterErrors } from '../managed-cluster-refusals.ts';
import { param, type Call, type Route } from '../route.ts';
import { runCommand, type RunRequest } from './run.ts';

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
  if (found.spec.disableRunCommand) throw clusterErrors.noRunCommand();
  const request = requestOf(call, found);
  const ran = request && (await runCommand(request, running));
  if (!ran) return notImitated(`the command ${request?.command ?? ''}`, 'sandbox/azure/resource-manager/run-command');
  const { id } = call.world.operations.start();
  call.world.commands.add({ clusterId: found.id, operation: id, ...ran });
  return { status: 202, headers: { location: addressOf(call, found, plain(id)) } };
}

/** Where nobody signs in with Entra, a token counts for nothing. */
function requestOf({ body }: Call, { spec }: Cluster): RunRequest | undefined {
  const { command, context = '', clusterToken = '' } = (body ?? {}) as Partial<RunRequest>;
  if (typeof command !== 'string') return undefined;
  if (!signsInWithEntra(spec)) return { command, context };
  if (clusterToken === '') throw clusterErrors.noClusterToken();
  return { command, context, clusterToken };
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
