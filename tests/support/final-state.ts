/** The state of Azure and of the clusters in a form that is the same after every run that reached the same goals. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../sandbox/contracts.ts';
import { takeSnapshot } from '../../scripts/start/changes.ts';
import type { World } from './world.ts';

export type State = Readonly<Record<string, unknown>>;

/** By place, kind and key. What is random in every world (names of pods, the node they are on, the authority) is replaced. */
export async function stateOf({ sandbox }: World): Promise<State> {
  const snapshot = await takeSnapshot(sandbox);
  const objects = (await Promise.all(sandbox.clusters.map((cluster) => cluster.dump()))).flat();
  const random: readonly (readonly [string, string])[] = [
    ...objects.flatMap(randomName),
    [JSON.stringify(sandbox.ca).slice(1, -1), 'the authority'],
    [Buffer.from(sandbox.ca).toString('base64'), 'the authority'],
  ];
  const steady = (text: string): string => {
    let said = text;
    for (const [name, by] of random) said = said.replaceAll(name, by);
    return said;
  };
  const entries = [...snapshot].map(([key, { content }]): [string, unknown] => [
    steady(key),
    JSON.parse(steady(JSON.stringify(content ?? null)), withoutHistory),
  ]);
  return Object.fromEntries(entries);
}

/** What depends on the way to a state. An AzureAssignedIdentity holds copies of all that it was made from. */
const history = new Set([
  'uid',
  'creationTimestamp',
  'resourceVersion',
  'generation',
  'managedFields',
  // Counts the roll-outs.
  'deployment.kubernetes.io/revision',
]);

function withoutHistory(name: string, value: unknown): unknown {
  return history.has(name) ? undefined : value;
}

function randomName({ kind, metadata }: KubeObject): readonly (readonly [string, string])[] {
  if (kind === 'Node') return [[metadata.name, 'a node']];
  return kind === 'Pod' ? [[metadata.name, `pod of ${String(metadata['generateName'])}`]] : [];
}

/** Controllers and MIC take a moment to catch up with what a task wrote. */
export async function assertState(world: World, expected: State, message: string): Promise<void> {
  let state = await stateOf(world);
  for (let look = 0; look < 40 && !isDeepStrictEqual(state, expected); look += 1) {
    await sleep(50);
    state = await stateOf(world);
  }
  assert.deepEqual(differences(state, expected), [], message);
}

function differences(state: State, expected: State): readonly string[] {
  const keys = [...new Set([...Object.keys(state), ...Object.keys(expected)])];
  return keys
    .filter((key) => !isDeepStrictEqual(state[key], expected[key]))
    .map((key) => `${key}: ${JSON.stringify(state[key])} and not ${JSON.stringify(expected[key])}`);
}

/** Once nothing has moved for a while. */
export async function settledState(world: World): Promise<State> {
  let state = await stateOf(world);
  for (let quiet = 0; quiet < 6; quiet += 1) {
    await sleep(50);
    const next = await stateOf(world);
    if (!isDeepStrictEqual(state, next)) quiet = 0;
    state = next;
  }
  return state;
}
