import { createHash } from 'node:crypto';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import { assertNever } from '../../runtime/assert-never.ts';
import { listOf, sameIgnoringCase } from '../../runtime/text.ts';
import type { AksCluster, ClusterName } from '../aks-cluster.ts';
import { listClusters } from '../aks-cluster.ts';
import { canonicalResourceId, parseResourceId, resourceGroupScope } from '../resource-id.ts';
import type { AzureSession } from '../session.ts';
import type { ClusterLine } from './cluster-line.ts';
import { CLUSTER_TYPE } from './cluster-line.ts';
import { queryResourceIds, unusable } from './resource-graph.ts';

/** One cluster of a fleet. */
export interface FleetMember {
  /** In one spelling. */
  readonly resourceId: string;
  readonly subscriptionId: string;
  readonly name: ClusterName;
  /** Which job takes it: the remainder of this number. It does not depend on which other clusters there are. */
  readonly slot: number;
}

interface Found {
  readonly resourceId: string;
  readonly known?: AksCluster;
  /** Position among the clusters that are named one by one. */
  readonly position?: number;
}

/**
 * The clusters that the lines name, each once, in the order of their ids.
 * @throws DiagnosticError AZR... where a group cannot be listed, FLT002 where it has no cluster, FLT003 for a query
 */
export async function findMembers(
  session: AzureSession,
  lines: readonly ClusterLine[],
  onEmptyQuery: (query: string) => void,
): Promise<readonly FleetMember[]> {
  const found = await Promise.all(lines.map((line, index) => findLine(session, line, index, onEmptyQuery)));
  const members = new Map<string, Found>();
  for (const each of found.flat()) {
    const key = each.resourceId.toLowerCase();
    members.set(key, { ...each, ...members.get(key) });
  }
  return [...members].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => memberOf(each));
}

async function findLine(
  session: AzureSession,
  line: ClusterLine,
  position: number,
  onEmptyQuery: (query: string) => void,
): Promise<readonly Found[]> {
  switch (line.by) {
    case 'name':
      return [{ resourceId: clusterId(session.subscriptionId, line), position }];
    case 'id':
      return [{ resourceId: clusterId(line.subscriptionId, line), position }];
    case 'group':
      return ofGroup(session, line.resourceGroup);
    case 'query':
      return ofQuery(session, line.query, onEmptyQuery);
    default:
      return assertNever(line);
  }
}

async function ofGroup(session: AzureSession, resourceGroup: string): Promise<readonly Found[]> {
  const clusters = await listClusters(session, resourceGroup);
  if (clusters.length > 0) return clusters.map((known) => ({ resourceId: known.resourceId, known }));
  const message = `${resourceGroup}/* in clusters names nothing: the resource group has no AKS cluster (subscription ${session.subscriptionId}).`;
  throw new DiagnosticError('FLT002', { message });
}

async function ofQuery(
  session: AzureSession,
  query: string,
  onEmptyQuery: (query: string) => void,
): Promise<readonly Found[]> {
  const ids = await queryResourceIds(session, query);
  const others = ids.filter((id) => !sameIgnoringCase(parseResourceId(id)?.type ?? '', CLUSTER_TYPE));
  if (others.length > 0) throw unusable(query, `it gives more than AKS clusters: ${listOf(others.slice(0, 3))}`);
  if (ids.length === 0) onEmptyQuery(query);
  return ids.map((id) => ({ resourceId: canonicalResourceId(id) }));
}

function clusterId(subscriptionId: string, { resourceGroup, clusterName }: ClusterName): string {
  return `${resourceGroupScope(subscriptionId, resourceGroup)}/providers/${CLUSTER_TYPE}/${clusterName}`;
}

function memberOf({ resourceId, known, position }: Found): FleetMember {
  const { subscriptionId = '', resourceGroup = '', name: clusterName = '' } = parseResourceId(resourceId) ?? {};
  const name = { resourceGroup, clusterName, ...(known === undefined ? {} : { known }) };
  return { resourceId, subscriptionId, name, slot: position ?? slotOf(resourceId) };
}

/**
 * From the id alone: jobs list groups and query at different moments, and a cluster that came or went between them must
 * not move all others to another job.
 */
function slotOf(resourceId: string): number {
  return createHash('sha256').update(resourceId.toLowerCase()).digest().readUInt32BE(0);
}
