/** The table of faults as Markdown. */
import { cases } from './cases.ts';
import type { Verdict } from './cell.ts';
import { faultKinds, lengthsOf } from './faults.ts';
import type { CellName, Columns } from './worker.ts';

export type Results = readonly { readonly cell: CellName; readonly verdict: Verdict }[];

export function tableOf(columns: readonly Columns[], results: Results): string {
  return columns.map((each) => section(each, results)).join('\n\n');
}

function section({ case: index, action, requests }: Columns, results: Results): string {
  const ofSection = results.filter(({ cell }) => cell.case === index && cell.action === action);
  const rows = faultKinds.flatMap((kind) =>
    lengthsOf(kind).flatMap((length) => {
      const ofRow = ofSection.filter(({ cell }) => cell.fault === kind.name && cell.length === length);
      if (ofRow.length === 0) return [];
      const cells = requests.map((request) => textOf(ofRow.find(({ cell }) => cell.request === request)?.verdict));
      return [line([length === 'once' ? kind.name : `${kind.name}, in every try`, ...cells])];
    }),
  );
  const head = [line(['fault', ...requests]), line(['---', ...requests.map(() => '---')])];
  return [`### ${cases[index]?.title ?? ''}, ${action}`, '', ...head, ...rows].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function textOf(verdict: Verdict | undefined): string {
  switch (verdict?.result) {
    case 'this run':
      return 'this run';
    case 'next run':
      return verdict.code === undefined ? 'next run' : `next run, ${verdict.code}`;
    case 'none':
      return `no such case: ${verdict.because}`;
    case 'failed':
      return '**FAILED**';
    case undefined:
      return '';
  }
}
