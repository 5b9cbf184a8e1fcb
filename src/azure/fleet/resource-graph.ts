import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import { parseJson } from '../../runtime/json.ts';
import { armFailure } from '../arm-error.ts';
import type { AzureSession } from '../session.ts';
import { clientOptions } from '../session.ts';

interface Page {
  readonly data?: unknown;
  readonly $skipToken?: string;
  readonly resultTruncated?: string;
}

/**
 * The resource ids that a query of Azure Resource Graph gives, over all subscriptions that the connection can see. All
 * pages: `$skipToken` is there as long as there are more.
 * @throws DiagnosticError FLT003 for a query that is refused or gives rows without ids
 */
export async function queryResourceIds(session: AzureSession, query: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let skipToken: string | undefined;
  do {
    const page = await ask(session, query, skipToken);
    ids.push(...idsOf(page, query));
    skipToken = page.$skipToken;
    // Pages need the column id; without it the answer is cut off and says so.
    if (skipToken === undefined && page.resultTruncated === 'true') throw unusable(query, 'its answer is cut off');
  } while (skipToken !== undefined);
  return ids;
}

async function ask(session: AzureSession, query: string, skipToken: string | undefined): Promise<Page> {
  const pipelines = await import('@azure/core-rest-pipeline');
  const { connection, credential, http } = session;
  const { resourceManager, resourceManagerAudience } = connection.cloud;
  const { userAgentOptions, retryOptions } = clientOptions(session);
  const pipeline = pipelines.createPipelineFromOptions({ userAgentOptions, retryOptions });
  const scopes = [`${resourceManagerAudience}/.default`];
  pipeline.addPolicy(pipelines.bearerTokenAuthenticationPolicy({ credential, scopes }));
  const request = pipelines.createPipelineRequest({
    url: `${resourceManager}/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01`,
    method: 'POST',
    headers: pipelines.createHttpHeaders({ 'content-type': 'application/json' }),
    body: JSON.stringify(bodyOf(query, skipToken)),
  });
  try {
    const response = await pipeline.sendRequest(http, request);
    if (response.status === 200) return pageOf(response, query);
    if (response.status === 400) throw unusable(query, 'Azure Resource Graph refuses it', response.bodyAsText ?? '');
    throw new pipelines.RestError('refused', { statusCode: response.status, request, response });
  } catch (error) {
    throw armFailure(error, 'query Azure Resource Graph for clusters', new URL(resourceManager).host);
  }
}

/** Without a list of subscriptions it looks in all that the caller may read. */
function bodyOf(query: string, skipToken: string | undefined): object {
  const paging = skipToken === undefined ? {} : { $skipToken: skipToken };
  return { query, options: { resultFormat: 'objectArray', $top: 1000, ...paging } };
}

function pageOf({ bodyAsText }: PipelineResponse, query: string): Page {
  const body = parseJson(bodyAsText ?? '');
  if (typeof body === 'object' && body !== null) return body;
  throw unusable(query, 'the answer of Azure Resource Graph is no JSON', bodyAsText ?? '');
}

function idsOf({ data }: Page, query: string): readonly string[] {
  const rows: readonly unknown[] = Array.isArray(data) ? data : [];
  return rows.map((row) => {
    const { id } = (row ?? {}) as { readonly id?: unknown };
    if (typeof id === 'string' && id.startsWith('/')) return id;
    throw unusable(query, 'its rows have no column id with the ids of resources');
  });
}

export function unusable(query: string, why: string, detail?: string): DiagnosticError {
  const [first = ''] = query.split('\n');
  const said = detail === undefined || detail === '' ? {} : { detail: detail.slice(0, 600) };
  return new DiagnosticError('FLT003', { message: `The query "${first}" cannot be used: ${why}.`, ...said });
}
