import type { FleetRow } from '../engine/fleet.ts';
import { assertNever } from '../runtime/assert-never.ts';
import { count } from '../runtime/text.ts';

/** One line a cluster, the last line in words. */
export function fleetTable(rows: readonly FleetRow[]): string[] {
  const width = Math.max('cluster'.length, ...rows.map(({ cluster }) => cluster.length));
  const line = (cluster: string, [changes, unchanged, result]: readonly string[]): string =>
    `${cluster.padEnd(width)}  ${(changes ?? '').padStart(7)}  ${(unchanged ?? '').padStart(9)}  ${result ?? ''}`;
  return [line('cluster', ['changes', 'unchanged', 'result']), ...rows.map((row) => line(row.cluster, cells(row)))];
}

function cells({ changes, unchanged, result, code }: FleetRow): readonly string[] {
  const numbers = [String(changes), String(unchanged)];
  switch (result) {
    case 'done':
      return [...numbers, changes === 0 ? 'unchanged' : 'done'];
    case 'failed':
      return [...numbers, `FAILED [${code ?? ''}]`];
    case 'stopped':
      return [...numbers, 'stopped'];
    case 'notStarted':
      return ['-', '-', 'not started'];
    default:
      return assertNever(result);
  }
}

/** `1000 clusters: 997 done, 2 failed, 1 not started; 2991 changes, 4 unchanged` */
export function fleetSummary(rows: readonly FleetRow[]): string {
  const of = (result: FleetRow['result']): number => rows.filter((row) => row.result === result).length;
  const [failed, stopped, open] = [of('failed'), of('stopped'), of('notStarted')];
  const parts = [
    `${String(of('done'))} done`,
    ...(failed > 0 ? [`${String(failed)} failed`] : []),
    ...(stopped > 0 ? [`${String(stopped)} stopped`] : []),
    ...(open > 0 ? [`${String(open)} not started`] : []),
  ];
  const sum = (numbers: readonly number[]): number => {
    let total = 0;
    for (const number of numbers) total += number;
    return total;
  };
  const changes = sum(rows.map((row) => row.changes));
  const unchanged = sum(rows.map((row) => row.unchanged));
  return `${count(rows.length, 'cluster')}: ${parts.join(', ')}; ${count(changes, 'change')}, ${String(unchanged)} unchanged`;
}
