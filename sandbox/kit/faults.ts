/** Fault plans: which requests go wrong, and how. The plan is data, what it does to a request is an {@link Intercept}. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCheckedYaml } from './checked-yaml.ts';
import { delaysSchema, type DelaySpec } from './delays.ts';
import { findFile } from './find-file.ts';
import { captivePage, garbled, halved, unresolvedName } from './damage.ts';
import type { Instead, Intercept, InterceptEvent, SandboxResponse, TlsFailure } from './http-server.ts';

/** One line of a plan. Exactly one of the {@link kinds} says what happens. */
export interface Fault {
  /** `entra`, `resourceManager`, `cluster:aks-p-we-001`, ...; a glob. Default: every server. */
  readonly server?: string;
  readonly method?: string;
  /** Glob over the path without the query, letter case ignored: `*` within a segment, `**` across. Default: every path. */
  readonly path?: string;
  /** Part of the matching requests, 0 to 1, spread evenly. Default: all. */
  readonly share?: number;
  /** Leaves the first ones alone. */
  readonly skip?: number;
  /** Stops after that many. */
  readonly times?: number;
  /** `before` the request takes effect (default), or `after` it did and before the reply. */
  readonly phase: 'before' | 'after';
  readonly answer?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  /** Drops the connection. */
  readonly reset?: true;
  /** Never answers. */
  readonly hang?: true;
  /** Milliseconds more. */
  readonly slow?: number;
  /** The first half of the real answer, and then the connection is dropped. Phase `after` only. */
  readonly halfBody?: true;
  /** The real answer without its second half, as if that were all: no JSON. Phase `after` only. */
  readonly invalidJson?: true;
  /** A sign-in page (200, HTML) in place of the answer, as some networks send it. */
  readonly captivePage?: true;
  /** Where the proxy is asked to lead to a server (`server: proxy`, `method: CONNECT`), something else answers there. */
  readonly tls?: TlsFailure['tls'];
  /** The proxy does not find the name of the server that it is to lead to. */
  readonly dns?: true;
}

const kinds = [
  'answer',
  'reset',
  'hang',
  'slow',
  'halfBody',
  'invalidJson',
  'captivePage',
  'tls',
  'dns',
] as const satisfies readonly (keyof Fault)[];

type Kind = (typeof kinds)[number];

/** What can be done only to a request that was answered, and only to one that asks the proxy for a tunnel. */
const afterOnly: readonly Kind[] = ['halfBody', 'invalidJson'];
const tunnelOnly: readonly Kind[] = ['tls', 'dns'];

const text = { type: 'string', minLength: 1 };
const count = { type: 'integer', minimum: 0 };

const schema = {
  type: 'object',
  required: ['faults'],
  additionalProperties: false,
  properties: {
    delays: { ...delaysSchema, default: [] },
    faults: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          server: text,
          method: text,
          path: text,
          share: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
          skip: count,
          times: { type: 'integer', minimum: 1 },
          phase: { enum: ['before', 'after'], default: 'before' },
          answer: {
            type: 'object',
            required: ['status'],
            additionalProperties: false,
            properties: {
              status: { type: 'integer', minimum: 100, maximum: 599 },
              headers: { type: 'object', additionalProperties: { type: 'string' } },
              body: {},
            },
          },
          reset: { const: true },
          hang: { const: true },
          slow: count,
          halfBody: { const: true },
          invalidJson: { const: true },
          captivePage: { const: true },
          tls: { enum: ['wrongName', 'untrusted', 'broken'] },
          dns: { const: true },
        },
      },
    },
  },
};

/** What goes wrong, and what takes its time. */
export interface FaultPlan {
  readonly faults: readonly Fault[];
  /** On top of the scenario's. */
  readonly delays: readonly DelaySpec[];
}

/** @throws YamlFileError with every problem of the file */
export function loadFaultPlan(file: string): FaultPlan {
  return parseFaultPlan(readFileSync(findFile(file, 'faults'), 'utf8'), file);
}

/** @throws YamlFileError with every problem of the text */
export function parseFaultPlan(yaml: string, file = 'fault plan'): FaultPlan {
  return parseCheckedYaml<FaultPlan>(yaml, file, schema, ({ faults: written }) =>
    written.flatMap((fault, index) => {
      const message = problemOf(fault);
      return message === undefined ? [] : [{ path: ['faults', index], message }];
    }),
  );
}

/** The faults of a plan alone. @throws YamlFileError with every problem of the text */
export function parseFaults(yaml: string): readonly Fault[] {
  return parseFaultPlan(yaml).faults;
}

function problemOf(fault: Fault): string | undefined {
  const [kind, ...more] = kinds.filter((each) => fault[each] !== undefined);
  if (kind === undefined || more.length > 0) return `say exactly one of ${kinds.join(', ')}`;
  if (afterOnly.includes(kind) && fault.phase !== 'after') return `${kind} needs "phase: after"`;
  const isTunnel = fault.server === 'proxy' && fault.method?.toUpperCase() === 'CONNECT';
  return tunnelOnly.includes(kind) && !isTunnel ? `${kind} needs "server: proxy" and "method: CONNECT"` : undefined;
}

/** The first fault of the plan that wants a request has it. Counts start with the call. */
export function faultIntercept(faults: readonly Fault[]): Intercept {
  const rules = faults.map((fault) => ({ fault, wants: matcher(fault) }));
  return async (event) => {
    const rule = rules.find(({ fault, wants }) => fault.phase === event.phase && wants(event));
    return rule === undefined ? undefined : act(rule.fault, event);
  };
}

/** Asks one after the other; the first answer counts. */
export function chainIntercepts(...intercepts: readonly (Intercept | undefined)[]): Intercept {
  return async (event) => {
    for (const intercept of intercepts) {
      const instead = await intercept?.(event);
      if (instead !== undefined) return instead;
    }
    return undefined;
  };
}

function matcher(fault: Fault): (event: InterceptEvent) => boolean {
  const { share = 1, skip = 0, times = Number.POSITIVE_INFINITY } = fault;
  const server = glob(fault.server ?? '**');
  const path = glob(fault.path ?? '**');
  let matched = 0;
  let struck = 0;
  return (event) => {
    const fits = server.test(event.server) && path.test(event.path.split('?')[0] ?? '');
    if (!fits || (fault.method !== undefined && fault.method.toUpperCase() !== event.method)) return false;
    matched += 1;
    const counted = matched - skip;
    // Every time the running sum of shares passes a whole number: 0.25 is each fourth request, without a die.
    const due = counted > 0 && Math.floor(counted * share) > Math.floor((counted - 1) * share);
    if (!due || struck >= times) return false;
    struck += 1;
    return true;
  };
}

async function act(fault: Fault, event: InterceptEvent): Promise<Instead | undefined> {
  if (fault.hang) return new Promise(() => undefined);
  if (fault.slow !== undefined) await sleep(fault.slow);
  return fault.answer ?? (event.phase === 'after' ? damage(fault, event.response) : undefined) ?? replacement(fault);
}

function damage({ halfBody, invalidJson }: Fault, response: SandboxResponse): SandboxResponse | undefined {
  if (halfBody) return halved(response);
  return invalidJson ? garbled(response) : undefined;
}

function replacement({ reset, captivePage: page, dns, tls }: Fault): Instead | undefined {
  if (reset) return 'reset';
  if (page) return captivePage;
  if (dns) return unresolvedName;
  return tls === undefined ? undefined : { tls };
}

function glob(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => ({ '**': '.*', '*': '[^/]*' })[part] ?? part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('');
  return new RegExp(`^${source}$`, 'i');
}
