/** What a run asked of the servers, drawn from their request logs. */
import type { RequestRecord } from '../../sandbox/contracts.ts';

export interface Traffic {
  readonly requests: number;
  /** Longest chain of requests of which each began after the one before it was answered. */
  readonly depth: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The proxy's tunnels are left out: what went through them is counted where it arrived. */
export function trafficOf(records: readonly RequestRecord[]): Traffic {
  const spans = records
    .filter(({ server, method }) => !(server === 'proxy' && method === 'CONNECT'))
    .map(({ time, milliseconds }): Span => ({ start: Date.parse(time) - milliseconds, end: Date.parse(time) }));
  return { requests: spans.length, depth: longestChain(spans) };
}

function longestChain(spans: readonly Span[]): number {
  const ordered = spans.toSorted((left, right) => left.end - right.end);
  const depths: { readonly end: number; readonly depth: number }[] = [];
  for (const { start, end } of ordered) {
    const before = depths.filter((each) => each.end <= start).map(({ depth }) => depth);
    depths.push({ end, depth: Math.max(0, ...before) + 1 });
  }
  return Math.max(0, ...depths.map(({ depth }) => depth));
}
