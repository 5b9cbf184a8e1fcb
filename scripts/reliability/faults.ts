/** What goes wrong: the rows of the table. Each strikes one request of a run, once or whenever it comes. */
import type { Fault } from '../../sandbox/kit/faults.ts';
import type { InterceptedRequest, SandboxResponse } from '../../sandbox/kit/http-server.ts';
import { echoingPage, echoingRefusal, proxyRefusal } from './echoes.ts';
import type { KnownRequest } from './requests.ts';

/** How long it goes on. */
export type Length = 'once' | 'lasting';

export type Happening =
  | Omit<Fault, 'server' | 'method' | 'path' | 'times' | 'skip' | 'share'>
  /** Answered by what the request says. */
  | { readonly phase: 'before'; readonly respond: (request: InterceptedRequest) => SandboxResponse };

export type FaultKind = { readonly name: string } & (
  | {
      /** Happens to the request itself, or (tunnel) to the connection that it needs. */
      readonly type: 'answer' | 'tunnel';
      readonly happens: Happening;
      /** Whether requests that go out together with the struck one may meet the same, and be the first to say so. */
      readonly spreads: boolean;
      /** Why there is no such case; undefined where there is one. */
      readonly impossible?: (request: KnownRequest) => string | undefined;
    }
  /** Answered as before the last run, which wrote. */
  | { readonly type: 'stale' }
  /** Happens to the process of the packaged task, at the moment of the request. */
  | { readonly type: 'process'; readonly happens: 'SIGINT' | 'SIGTERM' | 'killBefore' | 'killAfter' | 'timeOut' }
);

const status = (code: number, error: string, headers?: Record<string, string>): Happening => ({
  phase: 'before',
  answer: {
    status: code,
    ...(headers === undefined ? {} : { headers }),
    body: { error: { code: error, message: `${error}: the service cannot at the moment.` } },
  },
});

const gateway = (code: number): Happening => ({
  phase: 'before',
  answer: { status: code, headers: { 'content-type': 'text/html' }, body: '<html><body>Bad luck</body></html>' },
});

const only =
  (pattern: RegExp, because: string) =>
  ({ method, server, path }: KnownRequest): string | undefined =>
    pattern.test(`${method} ${server} ${path}`) ? undefined : because;

const ofArm = only(/ resourceManager /, 'carries no token of Azure');
const grants = only(/^PUT .*\/roleAssignments\//i, 'names no principal to Azure');
const writes = ({ writes: does }: KnownRequest): string | undefined => (does ? undefined : 'changes nothing');

const expired = {
  code: 'ExpiredAuthenticationToken',
  message: 'The access token expiry UTC time is earlier than current UTC time.',
};

const answers: readonly (readonly [string, Happening, ((request: KnownRequest) => string | undefined)?])[] = [
  ['429 with Retry-After', status(429, 'TooManyRequests', { 'retry-after': '20' })],
  ['429 without Retry-After', status(429, 'TooManyRequests')],
  ['408', status(408, 'RequestTimeout')],
  ['500', status(500, 'InternalServerError')],
  ['502 of a gateway', gateway(502)],
  ['503', status(503, 'ServerUnavailable')],
  ['504', status(504, 'GatewayTimeout')],
  ['reset before it took effect', { phase: 'before', reset: true }],
  ['reset after it took effect', { phase: 'after', reset: true }],
  ['hang', { phase: 'before', hang: true }],
  ['half a body', { phase: 'after', halfBody: true }],
  ['invalid JSON', { phase: 'after', invalidJson: true }],
  ['wrong content type', { phase: 'before', captivePage: true }],
  ['page that quotes the request', { phase: 'before', respond: echoingPage }],
  ['refusal that quotes the request', { phase: 'before', respond: echoingRefusal }],
  [
    'PrincipalNotFound',
    {
      phase: 'before',
      answer: {
        status: 400,
        body: { error: { code: 'PrincipalNotFound', message: 'Principal x does not exist in the directory y.' } },
      },
    },
    grants,
  ],
  [
    'own role not everywhere yet',
    {
      phase: 'before',
      answer: {
        status: 403,
        body: {
          error: {
            code: 'AuthorizationFailed',
            message:
              "The client 'c' with object id 'o' does not have authorization to perform action 'x/y' over scope '/s' or the scope is invalid. If access was recently granted, please refresh your credentials.",
          },
        },
      },
    },
    only(/ resourceManager /, 'needs no role'),
  ],
  [
    '409 in progress',
    {
      phase: 'before',
      answer: {
        status: 409,
        body: { error: { code: 'Conflict', message: 'Another operation is in progress on the resource.' } },
      },
    },
    writes,
  ],
  [
    'token expired',
    {
      phase: 'before',
      answer: {
        status: 401,
        headers: { 'www-authenticate': 'Bearer authorization_uri="https://x", error="invalid_token"' },
        body: { error: expired },
      },
    },
    ofArm,
  ],
];

export const faultKinds: readonly FaultKind[] = [
  ...answers.map(([name, happens, impossible]): FaultKind => ({
    name,
    type: 'answer',
    happens,
    // A service that throttles one request throttles those beside it.
    spreads: name.startsWith('429'),
    ...(impossible ? { impossible } : {}),
  })),
  tunnel('TLS: certificate of another name', { tls: 'wrongName' }),
  tunnel('TLS: unknown authority', { tls: 'untrusted' }),
  tunnel('TLS: ends in the handshake', { tls: 'broken' }),
  tunnel('DNS', { dns: true }),
  tunnel('407 of the proxy that quotes the request', { respond: proxyRefusal }),
  { name: 'stale read after a write', type: 'stale' },
  { name: 'SIGINT', type: 'process', happens: 'SIGINT' },
  { name: 'SIGTERM', type: 'process', happens: 'SIGTERM' },
  { name: 'kill -9 before it took effect', type: 'process', happens: 'killBefore' },
  { name: 'kill -9 after it took effect', type: 'process', happens: 'killAfter' },
  { name: 'time-out of the step', type: 'process', happens: 'timeOut' },
];

function tunnel(name: string, happens: Pick<Fault, 'tls' | 'dns'> | { respond: typeof proxyRefusal }): FaultKind {
  return { name, type: 'tunnel', happens: { phase: 'before', ...happens }, spreads: true };
}

/** A process ends once, and what is stale is so until somebody looks again. */
export function lengthsOf({ type }: FaultKind): readonly Length[] {
  return type === 'answer' || type === 'tunnel' ? ['once', 'lasting'] : ['once'];
}
