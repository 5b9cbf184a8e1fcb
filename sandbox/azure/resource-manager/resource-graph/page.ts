/**
 * Pages of a result. Source: "Working with large Azure resource data sets": `$skipToken` only where the result has the
 * column `id` and the query no limit of its own; where it is cut without one, `resultTruncated` is "true" (a text).
 */
import { NotImitatedQuery, type Row } from './query.ts';
import { graphErrors } from './refusal.ts';

export interface QueryOptions {
  readonly top: number;
  readonly skip: number;
  readonly resultFormat: 'table' | 'objectArray';
}

interface WrittenOptions {
  readonly $top?: unknown;
  readonly $skip?: unknown;
  readonly $skipToken?: unknown;
  readonly resultFormat?: unknown;
  readonly authorizationScopeFilter?: unknown;
}

/** Both the default and the most. */
const largestPage = 1000;

/** @throws GraphRefusal 400; NotImitatedQuery */
export function readOptions(options: object | undefined): QueryOptions {
  const written: WrittenOptions = options ?? {};
  const token = readToken(written.$skipToken);
  const { top = largestPage, skip = 0 } = token ?? {};
  return {
    resultFormat: readFormat(written),
    top: wholeNumber('$top', written.$top, { least: 1, most: largestPage, standard: top }),
    skip: wholeNumber('$skip', written.$skip, { least: 0, most: Number.MAX_SAFE_INTEGER, standard: skip }),
  };
}

function readFormat({
  authorizationScopeFilter: filter = 'AtScopeAndBelow',
  resultFormat = 'objectArray',
}: WrittenOptions): QueryOptions['resultFormat'] {
  if (filter !== 'AtScopeAndBelow') throw new NotImitatedQuery("Resource Graph's authorizationScopeFilter");
  if (resultFormat === 'objectArray' || resultFormat === 'table') return resultFormat;
  throw graphErrors.invalidOption(`The result format ${JSON.stringify(resultFormat)} is not supported.`);
}

/** What stands beside the data in an answer. */
export interface Page {
  readonly rows: readonly Row[];
  readonly resultTruncated: 'true' | 'false';
  readonly $skipToken?: string;
}

export function pageOf(all: readonly Row[], { top, skip }: QueryOptions, pageable: boolean): Page {
  const end = skip + top;
  const rows = all.slice(skip, end);
  if (end >= all.length) return { rows, resultTruncated: 'false' };
  if (!pageable) return { rows, resultTruncated: 'true' };
  const token = Buffer.from(JSON.stringify({ $id: '1', skip: end, top })).toString('base64');
  return { rows, resultTruncated: 'false', $skipToken: token };
}

/** It remembers where its page begins and how long the pages are. */
function readToken(token: unknown): { readonly skip: number; readonly top: number } | undefined {
  if (token === undefined || token === null || token === '') return undefined;
  try {
    if (typeof token === 'string') {
      const { skip, top } = JSON.parse(Buffer.from(token, 'base64').toString()) as Record<string, unknown>;
      if (typeof skip === 'number' && typeof top === 'number') return { skip, top };
    }
  } catch {
    // Refused below.
  }
  throw graphErrors.invalidOption('The skip token is invalid.');
}

function wholeNumber(
  name: string,
  value: unknown,
  { least, most, standard }: { readonly least: number; readonly most: number; readonly standard: number },
): number {
  if (value === undefined || value === null) return standard;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw graphErrors.invalidOption(`The value of '${name}' must be between ${String(least)} and ${String(most)}.`);
}
