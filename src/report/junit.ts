import type { DiagnosticCode } from '../diagnostics/catalogue.ts';
import { catalogue } from '../diagnostics/catalogue.ts';
import type { PodRow } from '../engine/pods.ts';
import type { RunReport } from './run-report.ts';

/**
 * A run as JUnit's XML: one case a pod. Nothing that a pod, the cluster or Azure said stands in it, only names of pods and
 * nodes, our codes and the sentences of the catalogue.
 */
export function junitText(report: RunReport): string {
  const cases = casesOf(report);
  const failures = cases.filter(({ code }) => code !== undefined).length;
  const attributes = [
    `name="${escaped(report.task)}"`,
    `tests="${String(cases.length)}"`,
    `failures="${String(failures)}"`,
    'errors="0" skipped="0"',
    `time="${(report.milliseconds / 1000).toFixed(3)}"`,
    `timestamp="${report.started.replace(/\.\d+Z$/, '')}"`,
  ].join(' ');
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite ${attributes}>`,
    ...cases.flatMap(caseLines),
    '  </testsuite>',
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

interface Case {
  readonly group: string;
  readonly name: string;
  readonly code: DiagnosticCode | undefined;
}

function casesOf({ task, pods = [], diagnostics, result }: RunReport): readonly Case[] {
  const asked = pods.filter(({ pod }) => pod !== '').map((row) => podCase(task, row));
  if (asked.length > 0) return asked;
  const failure = result === 'failed' ? diagnostics.at(-1)?.code : undefined;
  return [{ group: task, name: 'a pod could be asked', code: failure }];
}

function podCase(task: string, { node, pod, result, code }: PodRow): Case {
  const group = node === '' ? task : `${task} on ${node}`;
  return { group, name: pod, code: result === 'failed' ? code : undefined };
}

function caseLines({ group, name, code }: Case): readonly string[] {
  const head = `    <testcase classname="${escaped(group)}" name="${escaped(name)}"`;
  if (code === undefined) return [`${head} />`];
  const { title, cause, fix } = catalogue[code];
  return [
    `${head}>`,
    `      <failure type="${code}" message="${escaped(`[${code}] ${title}`)}">${escaped(`Cause: ${cause}\nNext: ${fix}`)}</failure>`,
    '    </testcase>',
  ];
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 knows in no form are left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? '');
}
