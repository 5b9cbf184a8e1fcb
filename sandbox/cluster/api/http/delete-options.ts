/** DeleteOptions: in the body, or in the query for clients that send none. */
import { isRecord, recordAt, stringAt, type Json } from '../json.ts';
import { badRequest } from '../errors.ts';
import type { DeleteOptions } from '../deletion.ts';

const POLICIES = ['Orphan', 'Background', 'Foreground'] as const;

export function deletionOptionsOf(body: unknown, query: URLSearchParams): DeleteOptions & { readonly dryRun: boolean } {
  const given = isRecord(body) ? body : {};
  const grace = given['gracePeriodSeconds'] ?? numberOf(query.get('gracePeriodSeconds'));
  const policyName =
    stringAt(given, 'propagationPolicy') || query.get('propagationPolicy') || orphanPolicy(given, query);
  const propagationPolicy = POLICIES.find((known) => known === policyName);
  if (policyName && !propagationPolicy) {
    throw badRequest(
      `propagationPolicy: Unsupported value: ${JSON.stringify(policyName)}: supported values: "Foreground", "Background", "Orphan"`,
    );
  }
  const { uid, resourceVersion } = recordAt(given, 'preconditions');
  return {
    gracePeriodSeconds: typeof grace === 'number' ? grace : undefined,
    propagationPolicy,
    preconditions: {
      uid: typeof uid === 'string' ? uid : undefined,
      resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : undefined,
    },
    dryRun: Array.isArray(given['dryRun']) && given['dryRun'].includes('All'),
  };
}

/** The older `orphanDependents`. */
function orphanPolicy(given: Json, query: URLSearchParams): string {
  const orphan = given['orphanDependents'] ?? query.get('orphanDependents');
  return orphan === true || orphan === 'true' ? 'Orphan' : '';
}

function numberOf(text: string | null): number | undefined {
  return text === null || !/^\d+$/u.test(text) ? undefined : Number(text);
}
