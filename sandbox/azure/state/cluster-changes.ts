/** What requests have made of a cluster since the scenario began. */
import { stableGuid } from '../../scenario/ids.ts';

export interface ClusterChanges {
  /** Written over the scenario's, by name. */
  properties: Readonly<Record<string, unknown>>;
  tags: Readonly<Record<string, string>> | undefined;
  /** Of the last operation. */
  operation: string | undefined;
  /** Counts the writes: each gives another etag. */
  writes: number;
}

export function noChanges(): ClusterChanges {
  return { properties: {}, tags: undefined, operation: undefined, writes: 0 };
}

export function etagOf(clusterId: string, { writes }: ClusterChanges): string {
  return stableGuid('etag', clusterId, String(writes));
}
