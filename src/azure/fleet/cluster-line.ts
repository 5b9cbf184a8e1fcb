import { parseResourceId } from '../resource-id.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';

/** One entry of the input `clusters`. */
export type ClusterLine =
  | { readonly by: 'name'; readonly resourceGroup: string; readonly clusterName: string }
  | { readonly by: 'id'; readonly subscriptionId: string; readonly resourceGroup: string; readonly clusterName: string }
  /** Every cluster of a resource group. */
  | { readonly by: 'group'; readonly resourceGroup: string }
  /** Whatever Azure Resource Graph answers. */
  | { readonly by: 'query'; readonly query: string };

/** What an entry may be, for messages. */
export const allowedLines =
  'resourceGroup/cluster, resourceGroup/*, the resource id of a cluster, or query: and a query of Azure Resource Graph';

export const CLUSTER_TYPE = 'Microsoft.ContainerService/managedClusters';

interface NumberedLine {
  readonly text: string;
  readonly line: number;
}

const PLACE = /^([\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-])\/(\*|[a-zA-Z0-9](?:[-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)$/u;

const QUERY = /^query\s*:\s*(.*)$/i;

/**
 * The input `clusters`, one entry a line. A query may take several lines: those below `query:` belong to it as long as
 * they are no entry themselves. `problem` is told of every line that is none.
 */
export function parseClusterLines(
  lines: readonly NumberedLine[],
  problem: (text: string) => void,
): readonly ClusterLine[] {
  const found: ClusterLine[] = [];
  for (const { text, line } of lines) {
    const parsed = parseLine(text) ?? continued(found, text);
    if (parsed) found.push(parsed);
    else problem(`line ${String(line)} is "${text}"; allowed: ${allowedLines}`);
  }
  if (found.some((each) => each.by === 'query' && each.query === '')) problem('has "query:" without a query');
  return found;
}

function parseLine(text: string): ClusterLine | undefined {
  const [, query] = QUERY.exec(text) ?? [];
  if (query !== undefined) return { by: 'query', query };
  if (text.startsWith('/')) return parseId(text);
  const [, resourceGroup, clusterName] = PLACE.exec(text) ?? [];
  if (resourceGroup === undefined || clusterName === undefined) return undefined;
  return clusterName === '*' ? { by: 'group', resourceGroup } : { by: 'name', resourceGroup, clusterName };
}

function parseId(text: string): ClusterLine | undefined {
  const id = parseResourceId(text);
  if (!id || !sameIgnoringCase(id.type, CLUSTER_TYPE)) return undefined;
  return { by: 'id', subscriptionId: id.subscriptionId, resourceGroup: id.resourceGroup, clusterName: id.name };
}

/** Takes the query above out of the list and gives it back with one more line; undefined where there is none. */
function continued(found: ClusterLine[], text: string): ClusterLine | undefined {
  const above = found.at(-1);
  if (above?.by !== 'query') return undefined;
  found.pop();
  return { by: 'query', query: `${above.query}\n${text}`.trim() };
}
