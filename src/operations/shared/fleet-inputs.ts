import type { ClusterName } from '../../azure/aks-cluster.ts';
import type { ClusterLine } from '../../azure/fleet/cluster-line.ts';
import { allowedLines, parseClusterLines } from '../../azure/fleet/cluster-line.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import type { ClusterNameInputName } from './cluster-inputs.ts';
import { listOf } from '../../runtime/text.ts';
import { readClusterName } from './cluster-inputs.ts';

/** Many clusters in one run. */
export interface FleetInputs {
  readonly lines: readonly ClusterLine[];
  /** Begin no further cluster once one has failed. */
  readonly failFast: boolean;
}

export type FleetInputName = ClusterNameInputName | 'clusters' | 'failFast';

/** One cluster by resourceGroup and clusterName, or many by clusters; `cluster` means nothing in a fleet. */
export interface ClusterTarget {
  readonly cluster: ClusterName;
  readonly fleet?: FleetInputs;
}

const nowhere: ClusterName = { resourceGroup: '', clusterName: '' };

export function readClusterTarget(read: InputReader<FleetInputName>): ClusterTarget {
  const problem = (text: string): void => {
    read.problem('clusters', text);
  };
  const failFast = read.boolean('failFast');
  const lines = parseClusterLines(read.lines('clusters'), problem);
  const given = (['resourceGroup', 'clusterName'] as const).filter((name) => read.given(name));
  if (read.given('clusters')) {
    if (given.length > 0) problem(`is given together with ${listOf(given)}; allowed: ${eitherOr}`);
    if (lines.length === 0 && !read.lines('clusters').length)
      problem(`has no line that names a cluster; allowed: ${allowedLines}`);
    return { cluster: nowhere, fleet: { lines, failFast } };
  }
  if (given.length > 0) return { cluster: readClusterName(read) };
  problem(`is empty, and so are resourceGroup and clusterName; allowed: ${eitherOr}`);
  return { cluster: nowhere };
}

const eitherOr = 'one cluster by resourceGroup and clusterName, or several by clusters';
