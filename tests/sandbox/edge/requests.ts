/** Plain HTTPS requests of tests, with the sandbox's certificate authority. */
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as an object; empty where it is no JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** POST where there is a form, else GET (or `method`). */
export async function postForm(
  url: string,
  options: { ca: string; form?: Record<string, string>; headers?: Record<string, string>; method?: string },
): Promise<Answer> {
  const { ca, form, headers, method = form ? 'POST' : 'GET' } = options;
  const request = https.request(url, {
    ca,
    method,
    agent: false,
    headers: { ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}), ...headers },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  request.end(form ? new URLSearchParams(form).toString() : undefined);
  const response = await answered;
  const body = await text(response);
  return { status: response.statusCode ?? 0, headers: response.headers, text: body, json: parsed(body) };
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
