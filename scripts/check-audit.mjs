/**
 * Fails where `npm audit` finds something. A registry that does not answer audits (a mirror, no network) is no finding:
 * one line says so.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const { stdout, stderr } = spawnSync('npm', ['audit', '--json'], {
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
const report = parse(stdout);
const total = report?.metadata?.vulnerabilities?.total;
if (total === undefined) {
  const reason =
    report?.error?.summary ||
    report?.message?.split(' - ')[0] ||
    stderr.split('\n').find((line) => /error/i.test(line));
  console.log(`npm audit: not answered (${reason || 'no report'}), going on without it`);
} else {
  console.log(`npm audit: ${total} findings`);
  for (const [name, { severity, range }] of Object.entries(report.vulnerabilities)) {
    console.error(`  ${severity}: ${name} ${range}`);
  }
  if (total > 0) process.exitCode = 1;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
