import { publicCloud } from '../../../../src/azure/cloud.ts';
import type { AzureSession } from '../../../../src/azure/session.ts';
import { DiagnosticError } from '../../../../src/diagnostics/diagnostic.ts';
import type { RunEvent } from '../../../../src/engine/events.ts';
import { InputReader } from '../../../../src/inputs/input-reader.ts';
import type { ExecRequest, ExecResult, KubeCluster } from '../../../../src/kube/cluster.ts';
import type { KubeObject, Pod } from '../../../../src/kube/shapes.ts';
import { readPodSecretCheckInputs } from '../../../../src/operations/pod-secret-check/inputs.ts';
import { askOf } from '../../../../src/operations/pod-secret-check/intent.ts';
import { prove } from '../../../../src/operations/pod-secret-check/prove.ts';
import type { Services } from '../../../../src/operations/shared/services.ts';
import { startBudget } from '../../../../src/runtime/budget.ts';
import { fastClock } from '../../../support/clock.ts';

export const given = {
  azureSubscription: 'azure-conn',
  resourceGroup: 'g',
  clusterName: 'c',
  podSelector: 'app=web',
  keyVault: 'kvweb',
  secretName: 'password',
};

export const good = [
  'kp1 tool curl 8.5.0',
  'kp1 token.status 200',
  'kp1 token.path nmi',
  'kp1 vault.status 200',
  'kp1 secret.found yes',
  'kp1 secret.version 0123456789abcdef0123456789abcdef',
  'kp1 end 0',
];
export const noIdentity = ['kp1 tool curl', 'kp1 token.status 404', 'kp1 token.text not yet', 'kp1 end 0'];
export const bypassed = good.map((line) => line.replace('path nmi', 'path imds'));

export function pod(name: string, more: object = {}, nodeName = 'n'): Pod {
  const conditions = [{ type: 'Ready', status: 'True' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels: { aadpodidbinding: 'web' },
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...more,
    },
    spec: { nodeName, containers: [{ name: 'first' }, { name: 'web' }] },
    status: { phase: 'Running', conditions },
  };
}

export type Answer = readonly string[] | Error;

export interface Run {
  readonly events: RunEvent[];
  readonly commands: ExecRequest[];
  /** Kinds that were listed, in order. */
  readonly lists: string[];
  /** Commands that were under way at the same time. */
  readonly most: number;
  readonly slept: readonly number[];
  readonly proof: Awaited<ReturnType<typeof prove>>;
}

export interface RunOptions {
  readonly inputs?: object;
  /** What is there at each look; the last one stays. */
  readonly pods?: readonly Pod[] | readonly (readonly Pod[])[];
  readonly minutes?: number;
}

/** Every look gets the next answer of its pod, or of all; the last one stays. Bindings may not be read. */
export async function run(
  answers: readonly Answer[] | Readonly<Record<string, readonly Answer[]>>,
  options: RunOptions = {},
): Promise<Run> {
  const clock = fastClock();
  const [events, commands, lists]: [RunEvent[], ExecRequest[], string[]] = [[], [], []];
  const values: Record<string, string | undefined> = { ...given, ...options.inputs };
  const reader = new InputReader((name: string) => values[name]);
  const inputs = readPodSecretCheckInputs(reader);
  reader.failIfProblems();
  const there = [options.pods ?? [pod('web-1')]].flat(1) as readonly (Pod | readonly Pod[])[];
  const stages = (Array.isArray(there[0]) ? there : [there]) as readonly (readonly Pod[])[];
  const looks = new Map<string, number>();
  let [underWay, most] = [0, 0];
  const cluster: Pick<KubeCluster, 'list' | 'exec' | 'close'> = {
    list: (kind) => {
      const before = lists.filter((each) => each === kind.plural).length;
      lists.push(kind.plural);
      if (kind.plural !== 'pods') return Promise.reject(new DiagnosticError('KUB004', { message: 'no right' }));
      return Promise.resolve((stages[Math.min(before, stages.length - 1)] ?? []) as readonly KubeObject[] as never);
    },
    exec: async (request): Promise<ExecResult> => {
      commands.push(request);
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay -= 1;
      const [key, mine] = Array.isArray(answers)
        ? ['', answers as readonly Answer[]]
        : [request.pod, (answers as Readonly<Record<string, readonly Answer[]>>)[request.pod] ?? []];
      const look = looks.get(key) ?? 0;
      looks.set(key, look + 1);
      const answer = mine[Math.min(look, mine.length - 1)] ?? [];
      if (answer instanceof Error) throw answer;
      return { stdout: answer.join('\n'), stderr: '', exitCode: 0 };
    },
    close: () => undefined,
  };
  const services = {
    azure: {} as AzureSession,
    clock,
    budget: startBudget(clock, (options.minutes ?? 5) * 60_000),
    observer: (event: RunEvent) => events.push(event),
    signal: new AbortController().signal,
  } as unknown as Services;
  const proof = await prove(() => Promise.resolve(cluster as KubeCluster), askOf(inputs, publicCloud), services);
  return { events, commands, lists, most, slept: clock.slept, proof };
}
