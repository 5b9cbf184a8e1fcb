/** The command line of `npm start`. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { HostType, NodeMajor } from '../../sandbox/agent/index.ts';
import { clusterKinds, type ClusterKind } from '../../sandbox/sandbox-options.ts';

export const usage = `npm start [-- path/to/pipeline.yml --node 20|24 --scenario FILE --cluster KIND --latency MS
             --faults FILE --host build|release --keep]

  path             the pipeline to run (default: examples/article.yml, and then the same once more)
  --node MAJOR     the Node that tasks run on: 20 or 24 (default: this one)
  --scenario FILE  the world before the pipeline runs (default: article); looked for here, then in sandbox/
  --cluster KIND   embedded (default), or kubernetes: a real control plane (npm run controlplane)
  --latency MS     milliseconds added to every answer of every server
  --faults FILE    a fault plan: which requests go wrong, and how
  --host TYPE      build (default), or release: as a classic release runs the steps
  --keep           leaves the sandbox up until Ctrl+C
`;

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface StartOptions {
  /** Undefined: the article's example. */
  readonly pipeline: string | undefined;
  readonly node: NodeMajor;
  readonly scenario: string;
  readonly cluster: ClusterKind;
  readonly latency: number;
  readonly faults: string | undefined;
  readonly host: HostType;
  readonly keep: boolean;
}

/** @throws UsageError that says what is allowed */
export function readOptions(args: readonly string[]): StartOptions {
  const { values, positionals } = parsed(args);
  if (positionals.length > 1) throw new UsageError(`One pipeline at a time, not ${positionals.join(', ')}.`);
  return {
    pipeline: positionals[0],
    node: oneOf('--node', values.node, ['20', '24']) === '20' ? 20 : 24,
    scenario: values.scenario,
    cluster: oneOf('--cluster', values.cluster, clusterKinds),
    latency: wholeNumber('--latency', values.latency),
    faults: values.faults,
    host: oneOf('--host', values.host, ['build', 'release']),
    keep: values.keep,
  };
}

interface Values {
  readonly node: string;
  readonly scenario: string;
  readonly cluster: string;
  readonly latency: string;
  readonly faults?: string;
  readonly host: string;
  readonly keep: boolean;
}

function parsed(args: readonly string[]): { readonly values: Values; readonly positionals: readonly string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        node: { type: 'string', default: Number(process.versions.node.split('.')[0]) === 20 ? '20' : '24' },
        scenario: { type: 'string', default: 'article' },
        cluster: { type: 'string', default: 'embedded' },
        latency: { type: 'string', default: '0' },
        faults: { type: 'string' },
        host: { type: 'string', default: 'build' },
        keep: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function oneOf<Value extends string>(flag: string, value: string, allowed: readonly Value[]): Value {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`${flag} ${value} is not known: use ${allowed.join(' or ')}.`);
  return found;
}

function wholeNumber(flag: string, value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new UsageError(`${flag} ${value}: use a whole number of milliseconds.`);
  return Number(value);
}
