import assert from 'node:assert/strict';
import type { PodRow } from '../../../src/engine/pods.ts';
import { junitText } from '../../../src/report/junit.ts';
import { podMarkdown } from '../../../src/report/pod-markdown.ts';
import { podTable } from '../../../src/report/pod-table.ts';
import type { RunReport } from '../../../src/report/run-report.ts';
import { diagnostic } from '../../../src/diagnostics/diagnostic.ts';

const rows: readonly PodRow[] = [
  { node: 'n1', pod: 'web-1', result: 'passed' },
  { node: 'n1', pod: 'web-2', result: 'failed', code: 'CHK010' },
  { node: 'node-2', pod: 'web-3', result: 'passed', code: 'CHK048' },
];

const report: RunReport = {
  version: 1,
  task: 'PodSecretCheck',
  mode: 'apply',
  started: '2026-03-01T10:00:00.123Z',
  milliseconds: 1234,
  plan: { changes: [] },
  outcomes: [],
  checks: [],
  diagnostics: [diagnostic('CHK010', { message: 'said by <somebody>', detail: 'a detail from outside' })],
  outputs: {},
  pods: rows,
  result: 'failed',
};

describe('the pods of a run', () => {
  it('are a table by node and pod', () => {
    assert.deepEqual(podTable(rows), [
      '  node    pod    result',
      '  n1      web-1  passed',
      '  n1      web-2  FAILED [CHK010]',
      '  node-2  web-3  passed, warned [CHK048]',
      '3 pods on 2 nodes: 2 passed, 1 failed',
    ]);
  });

  it('are cases of JUnit, with codes and our own sentences alone', () => {
    const text = junitText(report);
    assert.match(
      text,
      /<testsuite name="PodSecretCheck" tests="3" failures="1" errors="0" skipped="0" time="1\.234" timestamp="2026-03-01T10:00:00">/,
    );
    assert.match(text, /<testcase classname="PodSecretCheck on n1" name="web-1" \/>/);
    assert.match(
      text,
      /name="web-2">\n +<failure type="CHK010" message="\[CHK010\] NMI knows no identity for the pod">/,
    );
    assert.doesNotMatch(text, /somebody|outside/);
  });

  it('are one case where no pod could be asked', () => {
    const { pods: _pods, ...none } = report;
    assert.match(junitText(none), /tests="1" failures="1"[^]*name="a pod could be asked">\n +<failure type="CHK010"/);
    assert.match(junitText({ ...none, result: 'succeeded', diagnostics: [] }), /tests="1" failures="0"/);
    assert.match(junitText({ ...report, pods: [{ node: '', pod: '', result: 'failed', code: 'CHK001' }] }), /CHK010/);
  });

  const hostile = "a\"><x a='1'>&|`]]>\u0000\uFFFF\n##vso[task.complete]";

  it('are escaped for XML', () => {
    const text = junitText({ ...report, pods: [{ node: hostile, pod: hostile, result: 'passed' }] });
    assert.match(text, /name="a&quot;&gt;&lt;x a='1'&gt;&amp;\|`\]\]&gt;\n##vso/);
    for (const wrong of ['<x', '\u0000', '\uFFFF']) assert.ok(!text.includes(wrong), JSON.stringify(wrong));
  });

  it('are escaped for Markdown', () => {
    const text = podMarkdown([{ node: 'n', pod: hostile, result: 'passed' }]);
    assert.equal(text.split('\n').length, 6);
    assert.doesNotMatch(text, /<x|`|##vso/);
    assert.match(text, /^\| n \| a&#34;&#62;/m);
  });

  it('stand in Markdown with what failed first, and why once for each code', () => {
    const many = Array.from({ length: 300 }, (_, index): PodRow => ({ ...rows[0]!, pod: `p${String(index)}` }));
    const lines = podMarkdown([...many, rows[1]!, { ...rows[1]!, pod: 'web-9' }]).split('\n');
    assert.equal(lines[0], '### 302 pods on 1 node: 300 passed, 2 failed');
    assert.equal(lines[4], '| n1 | web-2 | FAILED [CHK010] |');
    assert.ok(lines.includes('102 more are in the log.'));
    assert.equal(lines.filter((line) => line.startsWith('**[CHK010]')).length, 1);
  });
});
