/** The article's three script blocks with az, against the same work by our two tasks, on the same sandbox. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { World } from '../../tests/support/world.ts';
import { startWorld } from '../../tests/support/world.ts';
import { articleBlocks, articleFolder } from '../azure-cli/article-blocks.ts';
import { ownCommands, runAzureCliTask } from '../azure-cli/azure-cli-task.ts';
import { azureCliVersion, findAzureCli } from '../azure-cli/install.ts';
import { bareNode } from './bare-node.ts';
import { trafficOf } from './chain.ts';
import { median, milliseconds, tableLines } from './markdown.ts';
import type { Section } from './section.ts';
import { trips } from './trips.ts';

const LATENCY = 50;
/** Each in a new sandbox: our tasks, back to the beginning, then az. Times are medians. */
const ROUNDS = 3;
/** Bare starts beside each round. */
const REPEATS = 5;
/** How many times faster the tasks have to be, and how many they should be. */
const LEAST = 15;
const WANTED = 20;

interface Measured {
  readonly what: string;
  readonly side: 'tasks' | 'az';
  readonly wall: number;
  readonly requests: number;
  readonly connections: number;
  /** Processes that do the work: of node, or of az. */
  readonly processes: number;
}

export const seed: Section = {
  name: 'seed',
  title: "Against the article's scripts",
  measure: async () => {
    const cli = await findAzureCli((line) => {
      console.log(line);
    });
    if (!cli.found) return [`Not measured: ${cli.reason}`];
    const rounds: (readonly Measured[])[] = [];
    const bareTimes: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bareTimes.push(...(await bareNode(REPEATS)));
      rounds.push(await measureRound(cli.folder));
    }
    return report(rounds, median(bareTimes));
  },
};

const cluster = { azureSubscription: 'azure-conn', resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001' };
const tasks: readonly { readonly task: string; readonly inputs: Readonly<Record<string, string>> }[] = [
  { task: 'AksRoleGrants', inputs: { ...cluster, preset: 'podIdentityClassic' } },
  { task: 'KeyVaultGrant', inputs: { ...cluster, keyVault: 'kvpwe001' } },
];

async function measureRound(azFolder: string): Promise<readonly Measured[]> {
  const world = await startWorld({ scenario: 'judge-az', latency: LATENCY });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-seed-'));
  try {
    const before = stateOf(world);
    const ours = await measureTasks(world);
    const wanted = stateOf(world);
    for (const { task, inputs } of tasks) await runTask(world, task, { ...inputs, action: 'remove' });
    if (!isDeepStrictEqual(stateOf(world), before)) throw new Error('Taking the grants back left something behind.');
    const theirs = await measureBlocks(world, azFolder, folder);
    if (!isDeepStrictEqual(stateOf(world), wanted)) throw new Error('az and the tasks did not do the same.');
    return [...ours, ...theirs];
  } finally {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureTasks(world: World): Promise<readonly Measured[]> {
  const found: Measured[] = [];
  for (const { task, inputs } of tasks) {
    world.sandbox.requests.clear();
    const wall = await runTask(world, task, inputs);
    found.push({ what: task, side: 'tasks', wall, ...trafficSince(world), processes: 1 });
  }
  return found;
}

async function runTask(world: World, task: string, inputs: Readonly<Record<string, string>>): Promise<number> {
  const started = performance.now();
  const { result, log } = await world.run(task, inputs, { nodePath: process.execPath });
  const wall = performance.now() - started;
  if (result !== 'Succeeded') throw new Error(`${task} did not succeed:\n${log.join('\n')}`);
  return wall;
}

async function measureBlocks(world: World, azFolder: string, cwd: string): Promise<readonly Measured[]> {
  cpSync(path.join(articleFolder, 'manifests'), path.join(cwd, 'manifests'), { recursive: true });
  const { findAndReplace, assignRoles, openVault } = articleBlocks();
  const blocks = [
    { what: 'Find/Replace pod identity and binding values', script: findAndReplace },
    { what: 'Assign RBAC to identity', script: assignRoles },
    { what: 'Assign managed identity access policy to Key Vault', script: openVault },
  ];
  const found: Measured[] = [];
  for (const { what, script } of blocks) {
    world.sandbox.requests.clear();
    const wall = await runAzureCliTask({ azFolder, connection: world.sandbox.connection, script, cwd });
    const commands = script.match(/\baz [a-z]+ /g)?.length ?? 0;
    found.push({ what, side: 'az', wall, ...trafficSince(world), processes: commands + ownCommands });
  }
  return found;
}

function trafficSince({ sandbox }: World): Pick<Measured, 'requests' | 'connections'> {
  const records = sandbox.requests.all().filter(({ userAgent }) => !(userAgent ?? '').startsWith('sandbox'));
  const connections = records.filter(({ method }) => method === 'CONNECT').length;
  return { requests: trafficOf(records).requests, connections };
}

/** What both have to come to: names of assignments and letter case aside. */
function stateOf({ sandbox }: World): unknown {
  const { roleAssignments, vaults } = sandbox.azure.snapshot();
  return {
    grants: roleAssignments
      .map(({ scope, roleId, principalId }) => `${scope} ${roleId} ${principalId}`.toLowerCase())
      .sort(),
    policies: vaults.map(({ name, accessPolicies }) => ({
      name,
      policies: accessPolicies.map(({ objectId, permissions }) => `${objectId} ${String(permissions.secrets)}`),
    })),
  };
}

function report(rounds: readonly (readonly Measured[])[], bare: number): readonly string[] {
  const rows = (rounds[0] ?? []).map((row, index) => ({
    ...row,
    wall: median(rounds.map((round) => round[index]?.wall ?? row.wall)),
  }));
  const [ours, theirs] = [totalOf(rows, 'tasks'), totalOf(rows, 'az')];
  const ratios = rounds.map((round) => totalOf(round, 'az').wall / totalOf(round, 'tasks').wall);
  return [
    `az ${azureCliVersion} runs the article's three script blocks as AzureCLI@2 does (login, account set, the block, account`,
    'clear; its own start, `az --version` and `az cloud set` are left out), and the two tasks do the same: the five classic',
    `grants and the access policy. Both on the same sandbox in the same run, ${String(LATENCY)} ms before every answer; medians of`,
    `${String(ROUNDS)} rounds. az and the tasks come to the same state, which is checked.`,
    '',
    ...tableLines(
      ['by', 'step', 'wall', 'processes', 'connections', 'requests'],
      [...rows, theirs, ours].map((row) => cells(row)),
    ),
    '',
    ...verdict(theirs.wall / ours.wall, ratios),
    '',
    ...bound(ours.wall, theirs.wall, bare),
  ];
}

function totalOf(rows: readonly Measured[], side: Measured['side']): Measured {
  const total = { what: '**all**', side, wall: 0, requests: 0, connections: 0, processes: 0 };
  for (const row of rows.filter((each) => each.side === side)) {
    for (const field of ['wall', 'requests', 'connections', 'processes'] as const) total[field] += row[field];
  }
  return total;
}

function cells({ side, what, wall, processes, connections, requests }: Measured): readonly string[] {
  return [side, what, milliseconds(wall), String(processes), String(connections), String(requests)];
}

function verdict(ratio: number, ratios: readonly number[]): readonly string[] {
  const judged =
    ratio >= WANTED ? 'as wanted' : ratio >= LEAST ? `less than the ${String(WANTED)} that are wanted` : 'too few';
  const each = ratios.map((value) => value.toFixed(1)).join(', ');
  return [
    `The tasks are **${ratio.toFixed(1)} times** faster (rounds: ${each}): ${judged}; at least ${String(LEAST)} are asked for.`,
  ];
}

function bound(ours: number, theirs: number, bare: number): readonly string[] {
  const own = trips.filter(({ task }) => tasks.some((each) => each.task === task));
  const count = own.map(({ first }) => first).reduce((sum, next) => sum + next, 0);
  const least = count * LATENCY + own.length * bare;
  return [
    `Bound: ${String(count)} round trips that cannot be spared x ${String(LATENCY)} ms + ${String(own.length)} bare node starts x ${milliseconds(bare)} =`,
    `${milliseconds(least)}, which would be ${(theirs / least).toFixed(1)} times faster. What is left above it: ${milliseconds(ours - least)}, the`,
    'loading of code, TLS handshakes, and the checks of inputs and answers.',
  ];
}
