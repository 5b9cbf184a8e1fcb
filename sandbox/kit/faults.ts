/** Fault plans: which requests go wrong, and how. The plan is data, what it does to a request is an {@link Intercept}. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCheckedYaml } from './checked-yaml.ts';
import { findFile } from './find-file.ts';
import type { Intercept, SandboxResponse } from './http-server.ts';

/** One line of a plan. Exactly one of `answer`, `reset`, `hang` and `slow` says what happens. */
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
}

const kinds = ['answer', 'reset', 'hang', 'slow'] as const;
const text = { type: 'string', minLength: 1 };
const count = { type: 'integer', minimum: 0 };

const schema = {
  type: 'object',
  required: ['faults'],
  additionalProperties: false,
  properties: {
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
        },
      },
    },
  },
};

/** @throws YamlFileError with every problem of the file */
export function loadFaults(file: string): readonly Fault[] {
  return parseFaults(readFileSync(findFile(file, 'faults'), 'utf8'), file);
}

export function parseFaults(yaml: string, file = 'fault plan'): readonly Fault[] {
  const { faults } = parseCheckedYaml<{ readonly faults: readonly Fault[] }>(
    yaml,
    file,
    schema,
    ({ faults: written }) =>
      written.flatMap((fault, index) => {
        const chosen = kinds.filter((kind) => fault[kind] !== undefined);
        if (chosen.length === 1) return [];
        return [{ path: ['faults', index], message: `say exactly one of ${kinds.join(', ')}` }];
      }),
  );
  return faults;
}

/** The first fault of the plan that wants a request has it. Counts start with the call. */
export function faultIntercept(faults: readonly Fault[]): Intercept {
  const rules = faults.map((fault) => ({ fault, wants: matcher(fault) }));
  return async (event) => {
    const rule = rules.find(({ fault, wants }) => fault.phase === event.phase && wants(event));
    return rule === undefined ? undefined : act(rule.fault);
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

type Event = Parameters<Intercept>[0];

function matcher(fault: Fault): (event: Event) => boolean {
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

async function act(fault: Fault): Promise<SandboxResponse | 'reset' | undefined> {
  if (fault.reset) return 'reset';
  if (fault.hang) return new Promise(() => undefined);
  if (fault.slow !== undefined) await sleep(fault.slow);
  return fault.answer;
}

function glob(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => ({ '**': '.*', '*': '[^/]*' })[part] ?? part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('');
  return new RegExp(`^${source}$`, 'i');
}
