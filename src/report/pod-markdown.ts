import type { DiagnosticCode } from '../diagnostics/catalogue.ts';
import { catalogue } from '../diagnostics/catalogue.ts';
import type { PodRow } from '../engine/pods.ts';
import { podSummary, verdict } from './pod-table.ts';

/** Rows in the table; the log and the report have them all. */
const MOST = 200;

/** The pods of a run for the page of the run: names, codes and our own sentences, nothing that was said from outside. */
export function podMarkdown(rows: readonly PodRow[]): string {
  const failed = rows.filter(({ result }) => result === 'failed');
  const shown = [...failed, ...rows.filter(({ result }) => result !== 'failed')].slice(0, MOST);
  const rest = rows.length - shown.length;
  const codes = [...new Set(failed.flatMap(({ code }) => code ?? []))];
  return [
    `### ${podSummary(rows)}`,
    '',
    '| Node | Pod | Result |',
    '| --- | --- | --- |',
    ...shown.map((row) => `| ${plain(row.node)} | ${plain(row.pod)} | ${verdict(row)} |`),
    ...(rest > 0 ? ['', `${String(rest)} more are in the log.`] : []),
    ...codes.flatMap(explained),
    '',
  ].join('\n');
}

function explained(code: DiagnosticCode): readonly string[] {
  const { title, cause, fix } = catalogue[code];
  return ['', `**[${code}] ${title}**`, '', `Cause: ${cause}`, '', `Next: ${fix}`];
}

/** Names hold letters, digits, dots and hyphens; whatever else somebody made of them is no markup. */
function plain(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9.-]/gu, (sign) => `&#${String(sign.codePointAt(0) ?? 0)};`);
}
