import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { diagnostic } from '../diagnostics/diagnostic.ts';
import type { FleetRow } from '../engine/fleet.ts';
import { listOf } from '../runtime/text.ts';

/** Names in a message; the table has them all. */
const NAMED = 10;

/** Why a fleet is not done; undefined where it is. */
export function fleetFailure(rows: readonly FleetRow[], stopped: boolean): Diagnostic | undefined {
  const of = (result: FleetRow['result']): readonly FleetRow[] => rows.filter((row) => row.result === result);
  const [failed, open] = [of('failed'), of('notStarted').length];
  if (stopped && of('stopped').length + open > 0) {
    const done = `${String(of('done').length)} of ${String(rows.length)} clusters were done`;
    return diagnostic('RUN002', { message: `The run was stopped: ${done}.` });
  }
  const [first] = failed;
  if (!first) return undefined;
  const names = failed.slice(0, NAMED).map(({ cluster, code }) => `${cluster} (${code ?? ''})`);
  const more = failed.length > NAMED ? [`${String(failed.length - NAMED)} more`] : [];
  const rest = open === 0 ? '' : ` ${String(open)} were not started (failFast).`;
  const message = `${String(failed.length)} of ${String(rows.length)} clusters failed: ${listOf([...names, ...more])}.${rest}`;
  return diagnostic('FLT001', { message: `${message}\nThe first: [${first.code ?? ''}] ${first.message ?? ''}` });
}
