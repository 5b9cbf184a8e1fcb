/** A spoilt chain, running, until nothing moves in it any more; then the doctor. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../../../sandbox/contracts.ts';
import type { Sandbox, SandboxOptions } from '../../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../../sandbox/sandbox.ts';
import { identityDoctor } from '../../../../src/operations/identity-doctor/operation.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import type { InProcessRun } from '../../../support/in-process.ts';
import { runInProcess } from '../../../support/in-process.ts';
import { cluster } from '../../../support/one-cluster.ts';
import { isWriteOfTask, withIds } from '../../../support/world.ts';
import type { Draft } from './draft.ts';
import { names } from './draft.ts';

export const asked = {
  ...cluster,
  namespace: names.namespace,
  podSelector: 'app=web',
  keyVault: names.vault,
  secretName: 'password',
} as const;

export interface Examined extends InProcessRun {
  readonly codes: readonly string[];
  readonly sandbox: Sandbox;
}

interface Examination {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly options?: Partial<SandboxOptions>;
  /** What happens in the world before anybody looks. */
  readonly live?: (sandbox: Sandbox) => Promise<void>;
}

/** Starts the world, lets it settle, examines it, stops it. `look` sees both before the end. */
export async function examine<Result>(
  draft: Draft,
  { inputs = asked, options = {}, live }: Examination,
  look: (examined: Examined) => Promise<Result> | Result,
): Promise<Result> {
  const sandbox = await startSandbox({ scenario: draft.finished(), ...options });
  try {
    if (sandbox.clusters.length > 0) await settled(sandbox);
    await live?.(sandbox);
    sandbox.requests.clear();
    return await look(await ask(sandbox, inputs));
  } finally {
    await sandbox.stop();
  }
}

export async function ask(sandbox: Sandbox, inputs: Readonly<Record<string, string>> = asked): Promise<Examined> {
  const run = await runInProcess(identityDoctor, { sandbox, clock: systemClock, inputs: withIds(sandbox, inputs) });
  const codes = (run.outputs['codes'] ?? '').split(',').filter((code) => code !== '');
  return { ...run, codes, sandbox };
}

const CALM = 700;
const LONGEST = 12_000;

/** Controllers, MIC and NMI leave their traces as requests of the programs; when those cease to write, nothing moves. */
export async function settled(sandbox: Sandbox): Promise<void> {
  const until = Date.now() + LONGEST;
  let last = '';
  let calmSince = Date.now();
  while (Date.now() < until && Date.now() - calmSince < CALM) {
    await sleep(100);
    const now = await stateOf(sandbox);
    if (now !== last) calmSince = Date.now();
    last = now;
  }
}

/** What the doctor will look at, leases apart. */
async function stateOf({ clusters, requests }: Sandbox): Promise<string> {
  const dumps = await Promise.all(clusters.map((cluster) => cluster.dump()));
  const azure = requests.all().filter((request) => request.server === 'resourceManager').length;
  return `${versionsOf(dumps.flat().filter(({ kind }) => kind !== 'Endpoints' && kind !== 'Event'))};${String(azure)}`;
}

function versionsOf(items: readonly KubeObject[]): string {
  return items.map(({ metadata }) => metadata.resourceVersion ?? '').join(',');
}

/** Writes of the task: MIC goes on working while it looks. */
export function writesOf({ requests }: Sandbox): readonly string[] {
  return requests
    .all()
    .filter((request) => isWriteOfTask(request) && !request.path.includes('virtualMachineScaleSets'))
    .map(({ method, path }) => `${method} ${path}`);
}
