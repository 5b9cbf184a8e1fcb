/** What MIC and NMI are given by the sandbox. */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  AzureForClusters,
  ClusterClient,
  ClusterPlacement,
  KubeObject,
  MetadataRequest,
  MetadataResponse,
} from '../../contracts.ts';
import type { EnvVar, Pod } from '../controllers/shapes.ts';
import { fieldOf } from '../nodes/environment.ts';
import type { Program, ProgramStart } from '../nodes/types.ts';
import { parseFlags, type Flags } from './flags.ts';
import { FatalError, Klog } from './klog.ts';

export interface PodIdentityContext {
  /** Allowed everything: programs act through {@link serviceAccountClient} only. */
  readonly client: ClusterClient;
  readonly placement: ClusterPlacement;
  readonly azure: AzureForClusters;
  /** Factor on every pause of the real programs. */
  readonly timeScale: number;
  /** What 169.254.169.254 answers to a pod: NMI's business where it runs on the pod's node. */
  metadata(pod: KubeObject, request: MetadataRequest): Promise<MetadataResponse>;
}

/** One run of a program: what it was started with, and how it ends. */
export interface ProgramRun {
  readonly pod: Pod;
  readonly flags: Flags;
  readonly env: ReadonlyMap<string, string>;
  readonly log: Klog;
  readonly client: ClusterClient;
  readonly signal: AbortSignal;
}

function serviceAccountClient(client: ClusterClient, pod: Pod): ClusterClient {
  const namespace = pod.metadata.namespace ?? 'default';
  const account = pod.spec.serviceAccountName ?? 'default';
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return client.as({ name: `system:serviceaccount:${namespace}:${account}`, groups });
}

/** A program from its main function: stops with the pod, ends with a log line and 255 on a fatal error. */
export function programOf(context: PodIdentityContext, main: (run: ProgramRun) => Promise<void>) {
  return (start: ProgramStart): Program => {
    const stopping = new AbortController();
    const { signal } = stopping;
    let exit: (code: number) => void = () => undefined;
    const exited = new Promise<number>((resolve) => (exit = resolve));
    const finished = main(runOf(context, start, signal)).catch((error: unknown) => {
      if (signal.aborted) return;
      stopping.abort();
      exit(dieOf(error, start));
    });
    return {
      exited,
      stop: async () => {
        stopping.abort();
        await finished;
      },
    };
  };
}

function runOf(context: PodIdentityContext, start: ProgramStart, signal: AbortSignal): ProgramRun {
  const pod = start.pod as Pod;
  const { command = [], args = [], env = [] } = pod.spec.containers.find(({ name }) => name === start.container) ?? {};
  const log = new Klog((line) => {
    if (!signal.aborted) start.log(line);
  });
  return {
    pod,
    flags: parseFlags([...command, ...args]),
    env: new Map(env.map((variable) => [variable.name, plainValue(pod, variable)])),
    log,
    client: serviceAccountClient(context.client, pod),
    signal,
  };
}

function plainValue(pod: Pod, { value = '', valueFrom }: EnvVar): string {
  const field = valueFrom?.fieldRef?.fieldPath;
  return field === undefined ? value : (fieldOf(pod, field) ?? '');
}

/** The last line, and the exit code: 255 for klog's Fatal, 2 for a panic. */
function dieOf(error: unknown, start: ProgramStart): number {
  const log = new Klog((line) => {
    start.log(line);
  });
  if (error instanceof FatalError) {
    log.write('F', error.source, error.message);
    return error.exitCode;
  }
  console.error('sandbox pod identity:', error);
  log.write('E', 'panic.go:884', `panic: ${String(error)}`);
  return 2;
}

/** A pause of so many real seconds, scaled; rejects when the program is stopped. */
export async function pause(
  context: { readonly timeScale: number },
  seconds: number,
  signal?: AbortSignal,
): Promise<void> {
  await sleep(seconds * 1000 * context.timeScale, undefined, { ref: false, ...(signal ? { signal } : {}) });
}
