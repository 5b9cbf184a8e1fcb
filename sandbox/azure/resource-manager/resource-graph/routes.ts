/** Microsoft.ResourceGraph/resources: queries over all subscriptions that the caller may read. */
import { notImitated, type SandboxResponse } from '../../../kit/http-server.ts';
import { isKnownAt } from '../../authorization/decide.ts';
import { managementGroupId } from '../../state/management-groups.ts';
import { hasGuidForm } from '../../state/principals.ts';
import { versions } from '../api-versions.ts';
import { ok, type Call, type Route } from '../route.ts';
import { readOptions, pageOf } from './page.ts';
import { parseQuery } from './parse-query.ts';
import { NotImitatedQuery, type Query } from './query.ts';
import { graphErrors } from './refusal.ts';
import { columnType, runQuery } from './run-query.ts';
import { columns, furtherTables, tables } from './tables.ts';

export const resourceGraphRoutes: readonly Route[] = [
  {
    method: 'POST',
    pattern: '/providers/Microsoft.ResourceGraph/resources',
    versions: versions.resourceGraph,
    // Decided row by row.
    handle: query,
  },
];

interface Request {
  readonly query?: unknown;
  readonly subscriptions?: readonly string[];
  readonly managementGroups?: readonly string[];
  readonly options?: object;
  readonly facets?: readonly unknown[];
}

function query(call: Call): SandboxResponse {
  try {
    return ok(answer(call, call.body ?? {}));
  } catch (error) {
    if (error instanceof NotImitatedQuery)
      return notImitated(error.message, 'sandbox/azure/resource-manager/resource-graph');
    throw error;
  }
}

function answer(call: Call, request: Request): object {
  const options = readOptions(request.options);
  requireImitated(request);
  if (typeof request.query !== 'string' || request.query.trim() === '') {
    throw graphErrors.invalidOption("The request property 'query' is required.");
  }
  const parsed = parseQuery(request.query);
  const subscriptions = scopeOf(call, request);
  const { world, caller } = call;
  const table = tableOf(parsed)({ world, caller: caller.objectId, subscriptions });
  const result = runQuery(parsed, table, columns);
  const limited = parsed.operators.some(({ kind }) => kind === 'limit');
  const { rows, ...page } = pageOf(result.rows, options, result.columns.includes('id') && !limited);
  const data =
    options.resultFormat === 'table'
      ? {
          columns: result.columns.map((name) => ({ name, type: columnType(name, result.rows) })),
          rows: rows.map((row) => result.columns.map((name) => row[name])),
        }
      : rows;
  return { totalRecords: result.rows.length, count: rows.length, data, facets: [], ...page };
}

function requireImitated({ facets = [] }: Request): void {
  if (facets.length > 0) throw new NotImitatedQuery("Resource Graph's facets");
}

function tableOf({ table }: Query): (typeof tables)[string] {
  const found = tables[table];
  if (found) return found;
  if (furtherTables.includes(table)) throw new NotImitatedQuery(`Resource Graph's table '${table}'`);
  throw graphErrors.unknownTable(table);
}

/**
 * The subscriptions in which the caller holds a role; those that it has no role in are left out without a word. Threads
 * show both refusals: 400 where none of the named ones is left, 403 where the caller has no subscription at all.
 */
function scopeOf(call: Call, { subscriptions = [], managementGroups = [] }: Request): readonly string[] {
  const known = knownSubscriptions(call, managementGroups);
  if (subscriptions.length === 0) {
    if (known.length === 0) throw graphErrors.accessDenied();
    return known;
  }
  const malformed = subscriptions.filter((id) => !hasGuidForm(id));
  if (malformed.length > 0) throw graphErrors.invalidGuids(malformed);
  const wanted = subscriptions.map((id) => id.toLowerCase());
  const left = known.filter((id) => wanted.includes(id));
  if (left.length === 0) throw graphErrors.noSubscriptions(subscriptions);
  return left;
}

/** In lower case; below these management groups, if there are any. */
function knownSubscriptions({ world, caller }: Call, managementGroups: readonly string[]): readonly string[] {
  const isBelow = (scope: string): boolean =>
    managementGroups.length === 0 ||
    managementGroups.some((name) => world.hierarchy.covers(managementGroupId(name), scope));
  return world.subscriptions
    .filter(({ tenantId }) => tenantId === caller.tenantId)
    .map(({ id }) => ({ id, scope: `/subscriptions/${id}` }))
    .filter(({ scope }) => isBelow(scope) && isKnownAt(world, caller.objectId, scope))
    .map(({ id }) => id.toLowerCase());
}
