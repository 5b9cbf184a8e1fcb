import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { parseJson } from '../../runtime/json.ts';
import { ForeignAnswer } from '../patience/unanswered.ts';
import { isPassingStatus } from '../patience/passing.ts';
import type { ArmErrorBody } from './arm-error-body.ts';
import { armErrorBody } from './arm-error-body.ts';
import { isAboutAsked, shapeOfAnswer } from './arm-shapes.ts';
import { fields, kept, misfit } from './shape.ts';

/**
 * Lets only answers through that Azure Resource Manager could have given. Between it and the agent stand proxies, sign-in
 * pages and gateways that answer in its place, and connections that end early.
 * @throws ForeignAnswer from sendRequest
 */
export function azureAnswersOnly(inner: HttpClient): HttpClient {
  return {
    sendRequest: async (request) => {
      const response = await inner.sendRequest(request);
      const wrong = wrongWith(request, response);
      if (wrong !== undefined) throw new ForeignAnswer(wrong);
      return withoutTheRest(response, request.url);
    },
  };
}

/** What no task reads the SDKs need not understand. */
function withoutTheRest(response: PipelineResponse, url: string): PipelineResponse {
  const { status, bodyAsText: body } = response;
  if (status >= 400 && body) return { ...response, bodyAsText: JSON.stringify(plainRefusal(body)) };
  const shape = shapeOfAnswer(url);
  if (!body || !shape) return response;
  return { ...response, bodyAsText: JSON.stringify(kept(shape, parseJson(body))) };
}

/** Of a refusal code and message are read; the SDKs take apart its details, too, whatever these are. */
function plainRefusal(body: string): { readonly error?: ArmErrorBody } {
  const error = armErrorBody(body);
  return error ? { error } : {};
}

function wrongWith({ method, url }: PipelineRequest, response: PipelineResponse): string | undefined {
  const { status, headers, bodyAsText: body } = response;
  if (status >= 300 && status < 400) return `that leads elsewhere (status ${String(status)})`;
  if (status >= 400) return wrongWithRefusal(status, body ?? '');
  if (method === 'HEAD') return undefined;
  if (!body) return tellsOf(method, status) ? 'without a body' : undefined;
  return wrongWithType(headers.get('content-type')) ?? wrongWithContent(body, url);
}

/** A resource that was read or written stands in the answer, and the SDKs rely on it. */
function tellsOf(method: string, status: number): boolean {
  return ['GET', 'PUT'].includes(method) && (status === 200 || status === 201);
}

/** A 404 of a gateway does not say that a resource does not exist. What passes is sent again whoever said it. */
function wrongWithRefusal(status: number, body: string): string | undefined {
  if (isPassingStatus(status) || armErrorBody(body)) return undefined;
  return `with status ${String(status)} and no error of Azure`;
}

function wrongWithType(header = 'none'): string | undefined {
  const [type = ''] = header.toLowerCase().split(';');
  return /^(application|text)\/json$/.test(type.trim()) ? undefined : `of the type ${abridged(type.trim())}`;
}

function abridged(type: string): string {
  return /^[\w.+-]+\/[\w.+-]+$/.test(type) && type.length < 60 ? type : 'nobody knows';
}

function wrongWithContent(body: string, url: string): string | undefined {
  const content = parseJson(body);
  if (content === undefined) return 'that is no JSON';
  const wrong = misfit(shapeOfAnswer(url) ?? fields({}), content);
  if (wrong !== undefined) return `in which ${wrong}`;
  const answer = content as Readonly<Record<string, unknown>>;
  if (!isAboutAsked(url, answer)) return 'about another resource';
  const { nextLink } = answer;
  if (nextLink === url) return 'whose next page is itself';
  return leadsToSameServer(nextLink, url) ? undefined : 'whose next page is on another server';
}

/** The next page is asked for with the same token. */
function leadsToSameServer(link: unknown, url: string): boolean {
  if (typeof link !== 'string' || link === '') return true;
  return URL.canParse(link) && new URL(link).origin === new URL(url).origin;
}
