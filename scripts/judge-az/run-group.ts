/** Runs the cases of one group against one sandbox. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { createSpecificationCheck } from '../../tests/support/specification/check.ts';
import { runProgram } from '../azure-cli/run.ts';
import { changesBetween, takeSnapshot, type Snapshot } from '../start/changes.ts';
import { credentials } from './credentials.ts';
import type { Case, Group } from './case.ts';
import { differences, type Observed } from './expectation.ts';
import { filledIn, namedAgain, placeholderValues, type Values } from './placeholders.ts';
import { requestLines } from './requests.ts';
import { createSessions, type Sessions } from './sessions.ts';

export interface Verdict {
  /** `group: title` */
  readonly name: string;
  /** Empty: as it should be. */
  readonly problems: readonly string[];
  readonly milliseconds: number;
}

/** Milliseconds; no case needs a tenth of it. */
const longest = 180_000;

/** Calls `tell` after every case. @throws what the sandbox throws when it cannot start */
export async function runGroup(group: Group, azFolder: string, tell: (verdict: Verdict) => void): Promise<void> {
  const check = createSpecificationCheck();
  const sandbox = await startSandbox({ scenario: 'judge-az', intercept: check.intercept });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-az-'));
  try {
    const values = placeholderValues(sandbox, await credentials(sandbox, folder));
    const sessions = createSessions({ sandbox, azFolder, values, folder });
    for (const [index, each] of group.cases.entries()) {
      const work = path.join(folder, `case-${String(index)}`);
      const started = performance.now();
      const problems = await judged(each, { sandbox, sessions, values, work }).catch((error: unknown) => [
        String(error),
      ]);
      tell({ name: `${group.name}: ${each.title}`, problems, milliseconds: performance.now() - started });
    }
  } finally {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const started = performance.now();
  const problems = check.mismatches();
  const name = `${group.name}: gets only answers that fit Microsoft's specifications`;
  tell({ name, problems, milliseconds: performance.now() - started });
}

interface Place {
  readonly sandbox: Sandbox;
  readonly sessions: Sessions;
  readonly values: Values;
  readonly work: string;
}

async function judged(each: Case, { sandbox, sessions, values, work }: Place): Promise<readonly string[]> {
  mkdirSync(work);
  const env = await sessions.open(each.as, path.join(work, 'azure'));
  const all = new Map([...values, ['work', work]]);
  const before = await takeSnapshot(sandbox);
  sandbox.requests.clear();
  const ran = await runProgram('bash', ['-c', filledIn(each.run, all)], { env, cwd: work, longest });
  const named = (text: string): string => namedAgain(text, all);
  const observed: Observed = {
    exit: ran.code,
    stdout: named(ran.stdout),
    stderr: named(ran.stderr),
    requests: requestLines(sandbox.requests.all()).map(named),
    changes: changeLines(before, await takeSnapshot(sandbox)).map(named),
  };
  const found = differences(each, observed);
  return found.length === 0 ? [] : [...found, ...story(observed)];
}

function changeLines(before: Snapshot, after: Snapshot): readonly string[] {
  return changesBetween(before, after)
    .filter(({ place }) => place === 'Azure')
    .map(({ sign, kind, what }) => `${sign} ${kind} ${what}`)
    .sort();
}

function story({ stdout, stderr, requests }: Observed): readonly string[] {
  const told = (name: string, text: string): string =>
    text.trim() === '' ? `${name}: none` : `${name}:\n${text.trimEnd()}`;
  return [told('stdout', stdout), told('stderr', stderr), told('requests', requests.join('\n'))];
}
