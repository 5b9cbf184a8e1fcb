import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { CheckResult } from '../../engine/check.ts';
import type { PodRow } from '../../engine/pods.ts';
import type { Proof } from '../../engine/walk.ts';
import { count, listOf } from '../../runtime/text.ts';
import type { LookedAt } from './rounds.ts';

/** Names in a message; the table has them all. */
const NAMED = 5;

/** The verdict about all pods: the worst of theirs; its code is the first root cause. */
export function verdictOf(found: readonly LookedAt[]): Proof {
  const worst = rootCause(found);
  const secretVersion = found.map(versionOf).find((version) => version !== '') ?? '';
  if (!worst) return { checks: found[0]?.checks ?? [], outputs: { outcome: 'passed', failureCode: '', secretVersion } };
  const { looked, diagnostic } = worst;
  const outputs = { outcome: 'failed', failureCode: diagnostic.code, secretVersion };
  return { checks: looked.checks, outputs, failure: forAll(found, diagnostic) };
}

/** What never heals is told before what may: the rest can be its consequence, or was cut short by it. */
function rootCause(
  found: readonly LookedAt[],
): { readonly looked: LookedAt; readonly diagnostic: Diagnostic } | undefined {
  const failed = found.filter(({ failure }) => failure !== undefined);
  const looked = failed.find(({ failure }) => failure?.patience === 0) ?? failed[0];
  return looked?.failure && { looked, diagnostic: looked.failure.diagnostic };
}

function forAll(found: readonly LookedAt[], first: Diagnostic): Diagnostic {
  if (found.length < 2) return first;
  const failed = found.map(rowOf).filter(({ result }) => result === 'failed');
  const names = failed.slice(0, NAMED).map(({ pod, node, code }) => `${pod} on ${node || 'no node'} (${code ?? ''})`);
  const more = failed.length > NAMED ? [`${String(failed.length - NAMED)} more`] : [];
  const message = `${String(failed.length)} of ${count(found.length, 'pod')} failed: ${listOf([...names, ...more])}.`;
  return { ...first, message: `${message}\nThe first: ${first.message}` };
}

export function rowOf({ facts: { pod }, checks, failure }: LookedAt): PodRow {
  const place = { node: pod.node ?? '', pod: pod.name ?? '' };
  if (failure) return { ...place, result: 'failed', code: failure.diagnostic.code };
  const warned = checks.find((check): check is CheckResult & { status: 'warned' } => check.status === 'warned');
  return { ...place, result: 'passed', ...(warned ? { code: warned.diagnostic.code } : {}) };
}

function versionOf({ facts: { proof } }: LookedAt): string {
  return proof?.state === 'answered' && proof.answer.secret?.state === 'read' ? proof.answer.secret.version : '';
}
