/** DeleteOptions: in the body, or in the query for clients that send none. */
import { isRecord, recordAt, stringAt, type Json } from '../json.ts';
import { badRequest } from '../errors.ts';
import type { DeleteOptions } from '../deletion.ts';

const POLICIES = ['Orphan', 'Background', 'Foreground'] as const;

export function deletionOptionsOf(body: unknown, query: URLSearchParams): DeleteOptions & { readonly dryRun: boolean } {
  const given = isRecord(body) ? body : {};
  const grace = given['gracePeriodSeconds'] ?? numberOf(query.get('gracePeriodSeconds'));
  const { uid, resourceVersion } = recordAt(given, 'preconditions');
  return {
    gracePeriodSeconds: typeof grace === 'number' ? grace : undefined,
    propagationPolicy: policyOf(given, query),
    preconditions: {
      uid: typeof uid === 'string' ? uid : undefined,
      resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : undefined,
    },
    dryRun: Array.isArray(given['dryRun']) && given['dryRun'].includes('All'),
  };
}

function policyOf(given: Json, query: URLSearchParams): DeleteOptions['propagationPolicy'] {
  const names = [
    stringAt(given, 'propagationPolicy'),
    query.get('propagationPolicy') ?? '',
    orphanPolicy(given, query),
  ];
  const wanted = names.find((name) => name !== '');
  const policy = POLICIES.find((known) => known === wanted);
  if (wanted === undefined || policy) return policy;
  throw badRequest(
    `propagationPolicy: Unsupported value: ${JSON.stringify(wanted)}: supported values: "Foreground", "Background", "Orphan"`,
  );
}

/** The older `orphanDependents`. */
function orphanPolicy(given: Json, query: URLSearchParams): string {
  const orphan = given['orphanDependents'] ?? query.get('orphanDependents');
  return orphan === true || orphan === 'true' ? 'Orphan' : '';
}

function numberOf(text: string | null): number | undefined {
  return text === null || !/^\d+$/u.test(text) ? undefined : Number(text);
}
