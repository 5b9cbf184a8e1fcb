/** Microsoft.ContainerService/locations: what became of operations on clusters. Source: recordings of azure-cli. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { versions } from './api-versions.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, param, type Call, type Route } from './route.ts';

const location = '/subscriptions/{subscription}/providers/Microsoft.ContainerService/locations/{location}';

export const clusterOperationRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: `${location}/operations/{operation}`,
    versions: versions.clusterOperations,
    action: 'Microsoft.ContainerService/locations/operations/read',
    handle: status,
  },
  {
    method: 'GET',
    pattern: `${location}/operationresults/{operation}`,
    versions: versions.clusterOperations,
    action: 'Microsoft.ContainerService/locations/operationresults/read',
    handle: result,
  },
];

function status(call: Call): SandboxResponse {
  const { id, status: state, startTime, endTime } = look(call);
  return ok({
    name: swapped(id),
    status: state,
    startTime: startTime.toISOString(),
    ...(endTime ? { endTime: endTime.toISOString() } : {}),
  });
}

function result(call: Call): SandboxResponse {
  return look(call).endTime ? { status: 204 } : { status: 202, headers: { location: call.address(call.path) } };
}

function look(call: Call): NonNullable<ReturnType<Call['world']['operations']['look']>> {
  const id = param(call, 'operation');
  const operation = call.world.operations.look(id);
  if (!operation) throw new ArmRefusal(404, 'NotFound', `The operation ${id} was not found.`);
  return operation;
}

/** The name in the body has the bytes of the GUID in another order than the address: nobody may compare them. */
function swapped(guid: string): string {
  const [first = '', second = '', third = '', ...rest] = guid.split('-');
  return [first, second, third].map(reversed).concat(rest).join('-');
}

function reversed(hex: string): string {
  return Buffer.from(hex, 'hex').reverse().toString('hex');
}
