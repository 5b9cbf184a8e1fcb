/** What a server, or whoever stands before it, may make of an answer. */
import fc from 'fast-check';
import { bodies, headers, links, members, refusals, statuses, values } from './strange.ts';
import { fragments } from '../inputs/hostile.ts';

/** Plain data, so that a case can be printed and made smaller. `at` chooses a place in the body. */
export type Mutation =
  | { readonly kind: 'delete' | 'duplicate' | 'wrap' | 'unwrap' | 'otherCase' | 'otherId'; readonly at: number }
  | { readonly kind: 'replace'; readonly at: number; readonly value: unknown }
  | { readonly kind: 'add'; readonly at: number; readonly json: string }
  | { readonly kind: 'poison'; readonly text: string }
  | { readonly kind: 'nextLink'; readonly link: string }
  | { readonly kind: 'cut'; readonly share: number }
  | { readonly kind: 'charset'; readonly charset: 'utf16le' | 'latin1' | 'bom' | 'gzip' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'refusal'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'header'; readonly status?: number; readonly name: string; readonly value: string };

const at = fc.nat(100_000);

const places = fc.constantFrom('delete', 'delete', 'duplicate', 'wrap', 'unwrap', 'otherCase', 'otherId');

export const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: places, at }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('replace'),
      at,
      value: fc.oneof(fc.constantFrom(...values), fc.jsonValue({ maxDepth: 2 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add'), at, json: fc.constantFrom(...members) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('poison'), text: fc.constantFrom(...fragments) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('nextLink'), link: fc.constantFrom(...links) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut'), share: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('charset'),
      charset: fc.constantFrom('utf16le', 'latin1', 'bom', 'gzip'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('status'), status: fc.constantFrom(...statuses) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('refusal'),
      status: fc.constantFrom(...statuses.filter((each) => each >= 400)),
      body: fc.constantFrom(...refusals),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('text'), text: fc.constantFrom(...bodies) }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(undefined, 200, 202, 301, 307, 401, 403, 409, 429, 503).chain((status) =>
      fc.constantFrom(...headers).map(([name, value]): Mutation => ({
        kind: 'header',
        name,
        value,
        ...(status === undefined ? {} : { status }),
      })),
    ),
  },
);
