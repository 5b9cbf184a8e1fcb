/** Cuts the list that a route answers into pages. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { pageOf } from '../paging.ts';
import { ArmRefusal } from './refusal.ts';
import type { Call } from './route.ts';

/** As the service spells it; read in any letter case. */
const tokenName = '$skiptoken';

/** Whatever is no list goes through. `size`: the most that a page holds; `$top` may ask for less. @throws ArmRefusal 400 */
export function inPages(call: Call, response: SandboxResponse, size: number): SandboxResponse {
  const body = response.body as { readonly value?: unknown } | undefined;
  if (response.status !== 200 || !Array.isArray(body?.value)) return response;
  const wanted = valueOf(call.query, '$top');
  const top = wanted === null ? size : Number(wanted);
  if (wanted !== null && !/^[1-9]\d*$/.test(wanted)) throw invalid('The value of $top is not a positive number.');
  const page = pageOf<unknown>(body.value, valueOf(call.query, tokenName), Math.min(size, top));
  if (!page) throw invalid('The skip token is invalid.');
  const next = page.next === undefined ? {} : { nextLink: call.link({ [tokenName]: page.next }) };
  return { ...response, body: { ...body, value: page.items, ...next } };
}

function valueOf(query: URLSearchParams, name: string): string | null {
  return [...query].find(([key]) => key.toLowerCase() === name)?.[1] ?? null;
}

function invalid(message: string): ArmRefusal {
  return new ArmRefusal(400, 'BadRequest', message);
}
