import type { PodRow } from '../engine/pods.ts';
import { count } from '../runtime/text.ts';

/** One line a pod, by node; the last line counts. */
export function podTable(rows: readonly PodRow[]): string[] {
  const [nodes, pods] = [
    width(
      'node',
      rows.map(({ node }) => node),
    ),
    width(
      'pod',
      rows.map(({ pod }) => pod),
    ),
  ];
  const line = (node: string, pod: string, result: string): string =>
    `  ${node.padEnd(nodes)}  ${pod.padEnd(pods)}  ${result}`;
  return [line('node', 'pod', 'result'), ...rows.map((row) => line(row.node, row.pod, verdict(row))), podSummary(rows)];
}

/** `passed`, `passed, warned [CHK048]`, `FAILED [CHK010]` */
export function verdict({ result, code }: PodRow): string {
  if (result === 'failed') return `FAILED [${code ?? ''}]`;
  return code === undefined ? 'passed' : `passed, warned [${code}]`;
}

/** `12 pods on 3 nodes: 11 passed, 1 failed` */
export function podSummary(rows: readonly PodRow[]): string {
  const failed = rows.filter(({ result }) => result === 'failed').length;
  const nodes = new Set(rows.map(({ node }) => node)).size;
  const parts = [`${String(rows.length - failed)} passed`, ...(failed > 0 ? [`${String(failed)} failed`] : [])];
  return `${count(rows.length, 'pod')} on ${count(nodes, 'node')}: ${parts.join(', ')}`;
}

function width(title: string, cells: readonly string[]): number {
  return Math.max(title.length, ...cells.map((cell) => cell.length));
}
