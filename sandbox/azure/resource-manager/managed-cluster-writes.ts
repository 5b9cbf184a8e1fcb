/** Microsoft.ContainerService/managedClusters: changing one, by a long-running operation. */
import { notImitated, type SandboxResponse } from '../../kit/http-server.ts';
import { stableGuid } from '../../scenario/ids.ts';
import { etagOf } from '../state/cluster-changes.ts';
import { resourceTypes } from '../state/resource-id.ts';
import type { Cluster } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { findResource, listed } from './lookup.ts';
import { clusterBody } from './managed-cluster-body.ts';
import { clusterErrors } from './managed-cluster-refusals.ts';
import { differences } from './properties.ts';
import { ok, param, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';

const type = resourceTypes.cluster;
const cluster = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}/{name}`;
const file = 'sandbox/azure/resource-manager/managed-cluster-writes.ts';

export const managedClusterWrites: readonly Route[] = [
  { method: 'PUT', pattern: cluster, versions: versions.managedClusters, action: `${type}/write`, handle: put },
  { method: 'PATCH', pattern: cluster, versions: versions.managedClusters, action: `${type}/write`, handle: patch },
  {
    method: 'POST',
    pattern: `${cluster}/abort`,
    versions: versions.managedClusters,
    action: `${type}/abort/action`,
    scope: (_params, path) => path.slice(0, path.lastIndexOf('/')),
    handle: abort,
  },
];

/** The properties whose changes are kept; everything else has to be as it is. */
const changeable = ['oidcIssuerProfile', 'securityProfile', 'podIdentityProfile', 'apiServerAccessProfile'];

interface Written {
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

function put(call: Call): SandboxResponse {
  const found = listed(call, call.world.clusters).find(
    ({ name }) => name.toLowerCase() === param(call, 'name').toLowerCase(),
  );
  if (!found) return notImitated(`PUT of a new cluster (${call.path})`, file);
  requireMatch(call, found);
  requireIdle(call, found);
  const { tags, properties = {} } = (call.body ?? {}) as Written;
  const { properties: current } = clusterBody(found, call.world);
  const changed = differences(properties, current);
  const foreign = changed.filter((name) => !changeable.includes(name));
  if (foreign.length > 0) return notImitated(`a change of a cluster's ${foreign.join(', ')}`, file);
  requireIssuerStays(current, properties);
  const next = Object.fromEntries(changed.map((name) => [name, properties[name]]));
  found.changes.properties = { ...found.changes.properties, ...withIssuer(found, next) };
  return start(call, found, tags);
}

/** Tags and nothing else, whatever is sent. */
function patch(call: Call): SandboxResponse {
  const found = findResource(call, 'cluster', call.world.clusters);
  requireMatch(call, found);
  requireIdle(call, found);
  return start(call, found, ((call.body ?? {}) as Written).tags);
}

function start(call: Call, found: Cluster, tags: Written['tags']): SandboxResponse {
  const { changes, subscriptionId, location } = found;
  if (tags) changes.tags = tags;
  changes.writes += 1;
  const { id } = call.world.operations.start();
  changes.operation = id;
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.ContainerService/locations/${location}/operations/${id}`;
  return {
    ...ok(shapedFor(call, 'cluster', clusterBody(found, call.world))),
    // The version of the operations is a fixed one. Source: recordings of azure-cli.
    headers: { 'azure-asyncoperation': call.address(path, '2016-03-30') },
  };
}

/** Nothing to abort: 204. What was written stays. */
function abort(call: Call): SandboxResponse {
  const { changes, subscriptionId, location } = findResource(call, 'cluster', call.world.clusters);
  const { operations } = call.world;
  const running = changes.operation === undefined ? undefined : operations.find(changes.operation);
  if (!running || running.endTime) return { status: 204 };
  operations.cancel(running.id);
  const { id } = operations.start();
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.ContainerService/locations/${location}/operationresults/${id}`;
  return { status: 202, headers: { location: call.address(path, '2016-03-30') } };
}

/** `If-Match` and `If-None-Match` came with etags. */
function requireMatch({ headers, version }: Call, { id, changes }: Cluster): void {
  if (version.slice(0, 10) < '2024-09-01') return;
  const [wanted, unwanted] = [headers['if-match'], headers['if-none-match']].map((value) => value?.replaceAll('"', ''));
  const etag = etagOf(id, changes);
  const matches = wanted === undefined || wanted === '*' || wanted === etag;
  if (!matches || unwanted === '*' || unwanted === etag) throw clusterErrors.etagMismatch();
}

function requireIdle({ world }: Call, { changes, spec }: Cluster): void {
  const running = changes.operation === undefined ? undefined : world.operations.find(changes.operation);
  if (running && !running.endTime) throw clusterErrors.inProgress(running);
  if (!['Succeeded', 'Failed', 'Canceled'].includes(spec.provisioningState)) {
    throw clusterErrors.busy(spec.provisioningState);
  }
}

interface IssuerProfile {
  readonly enabled?: boolean;
}

function requireIssuerStays(
  current: Readonly<Record<string, unknown>>,
  written: Readonly<Record<string, unknown>>,
): void {
  const [before, after] = [current, written].map(
    ({ oidcIssuerProfile }) => oidcIssuerProfile as IssuerProfile | undefined,
  );
  if (before?.enabled === true && after?.enabled === false) throw clusterErrors.issuerStays();
}

/** An issuer has an address from then on. */
function withIssuer(
  { id, location, tenantId }: Cluster,
  written: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { oidcIssuerProfile } = written;
  if (oidcIssuerProfile === undefined) return written;
  const issuerURL = `https://${location}.oic.prod-aks.azure.com/${tenantId}/${stableGuid('issuer', id)}/`;
  return { ...written, oidcIssuerProfile: { ...(oidcIssuerProfile as IssuerProfile), issuerURL } };
}
