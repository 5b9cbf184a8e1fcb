/** The table of faults as Markdown: one for each case, rows are faults, columns requests. */
import { catalogue } from '../../src/diagnostics/catalogue.ts';
import type { DiagnosticCode } from '../../src/diagnostics/catalogue.ts';
import { cases } from './cases.ts';
import type { Verdict } from './cell.ts';
import type { FaultKind, Length } from './faults.ts';
import { faultKinds, lengthsOf } from './faults.ts';
import type { CellName, Columns } from './known-runs.ts';

export type Results = readonly { readonly cell: CellName; readonly verdict: Verdict }[];

export interface Row {
  readonly fault: string;
  readonly length: Length;
  /** As it stands in the table. */
  readonly title: string;
}

/** All rows, in the order of the table. */
export const rows: readonly Row[] = faultKinds.flatMap((kind: FaultKind) =>
  lengthsOf(kind).map((length) => ({
    fault: kind.name,
    length,
    title: length === 'once' ? kind.name : `${kind.name}, in every try`,
  })),
);

export interface Section {
  readonly case: number;
  readonly title: string;
  /** Requests of both actions; those that both make stand once. */
  readonly requests: readonly string[];
}

export function sectionsOf(columns: readonly Columns[]): readonly Section[] {
  return [...new Set(columns.map((each) => each.case))].map((index) => ({
    case: index,
    title: cases[index]?.title ?? '',
    requests: [...new Set(columns.flatMap((each) => (each.case === index ? each.requests : [])))],
  }));
}

export function tableOf(columns: readonly Columns[], results: Results): string {
  const sections = sectionsOf(columns).map((section) => textOfSection(section, results));
  return [...sections, ...legend(results)].join('\n\n');
}

function textOfSection({ case: index, title, requests }: Section, results: Results): string {
  const ofSection = results.filter(({ cell }) => cell.case === index);
  const lines = rows.flatMap(({ fault, length, title: name }) => {
    const ofRow = ofSection.filter(({ cell }) => cell.fault === fault && cell.length === length);
    if (ofRow.length === 0) return [];
    return [line([name, ...requests.map((request) => textOf(ofRow.filter(({ cell }) => cell.request === request)))])];
  });
  const head = [line(['fault', ...requests]), line(['---', ...requests.map(() => '---')])];
  return [`## ${title}`, '', ...head, ...lines].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Of one request in both actions: said once where they end alike. */
function textOf(results: Results): string {
  const said = results.map(({ cell, verdict }) => ({ action: cell.action, word: wordOf(verdict) }));
  const words = [...new Set(said.map(({ word }) => word))];
  return words.length < 2 ? words.join('') : said.map(({ action, word }) => `${action}: ${word}`).join(', ');
}

function wordOf(verdict: Verdict): string {
  switch (verdict.result) {
    case 'this run':
      return 'ok';
    case 'next run':
      return verdict.code ?? 'ended';
    case 'none':
      return '-';
    case 'failed':
      return '**FAILED**';
  }
}

/** What the codes mean that stand in the tables, and why there are cells without a case. */
function legend(results: Results): readonly string[] {
  const codes = results.flatMap(({ verdict }) => ('code' in verdict ? [verdict.code] : []));
  const known = [...new Set(codes)].toSorted().map((code) => {
    return `- [${code}](troubleshooting.md#${code.toLowerCase()}): ${catalogue[code as DiagnosticCode].title}`;
  });
  const none = results.flatMap(({ cell, verdict }) => {
    return verdict.result === 'none' ? [`- ${cell.fault}: a request that ${verdict.because}`] : [];
  });
  return [
    ...(known.length === 0 ? [] : ['## The codes', known.join('\n')]),
    ...(none.length === 0 ? [] : ['## Where a fault cannot strike', [...new Set(none)].join('\n')]),
  ];
}
