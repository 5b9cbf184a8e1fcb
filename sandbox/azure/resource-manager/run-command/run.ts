/** Runs a command as the pod of a run command does: in a shell, among the files of its context. */
import { strFromU8, unzipSync } from 'fflate';
import type { RunningCluster } from '../../../contracts.ts';
import { kubeApi, type KubeApi } from './kube-api.ts';
import { kubectl } from './kubectl.ts';
import type { Ended } from './kubectl-errors.ts';
import { readShell, STATUS, type SimpleCommand } from './shell.ts';

export interface RunRequest {
  readonly command: string;
  /** A zip file in base64; empty or none: no files. */
  readonly context?: string;
  readonly clusterToken?: string;
}

export interface Ran {
  readonly exitCode: number;
  readonly logs: string;
}

/** Bytes of output that the service keeps. */
const MOST_LOGS = 512 * 1024;

interface Machine {
  readonly api: KubeApi;
  readonly cluster: RunningCluster;
  readonly files: Map<string, string>;
  /** Of the last command. */
  status: number;
  output: string;
}

/** Undefined for a command that is not imitated. */
export async function runCommand(request: RunRequest, cluster: RunningCluster): Promise<Ran | undefined> {
  const files = filesOf(request.context ?? '');
  const commands = readShell(request.command);
  if (!files || !commands || commands.length === 0) return undefined;
  const machine: Machine = { api: kubeApi(cluster, request.clusterToken), cluster, files, status: 0, output: '' };
  const known = await runAll(commands, machine);
  if (!known) return undefined;
  const logs = Buffer.from(machine.output);
  return { exitCode: machine.status, logs: logs.subarray(0, MOST_LOGS).toString('utf8') };
}

function filesOf(context: string): Map<string, string> | undefined {
  if (context === '') return new Map();
  try {
    const files = unzipSync(Buffer.from(context, 'base64'));
    return new Map(Object.entries(files).map(([name, content]) => [name, strFromU8(content)]));
  } catch {
    return undefined;
  }
}

/** False where a command is not imitated. */
async function runAll(commands: readonly SimpleCommand[], machine: Machine): Promise<boolean> {
  for (const command of commands) {
    const ended = await runOne(command, machine);
    if (ended === undefined) return false;
    if (ended === 'script') continue;
    machine.output += ended.stdout;
    if (command.stderr === undefined) machine.output += ended.stderr;
    else machine.files.set(command.stderr, ended.stderr);
    machine.status = ended.exitCode;
  }
  return true;
}

async function runOne(command: SimpleCommand, machine: Machine): Promise<Ended | 'script' | undefined> {
  const [program, ...words] = command.words.map(({ text }) => text.replaceAll(STATUS, String(machine.status)));
  const stdin = command.stdin === undefined ? undefined : machine.files.get(command.stdin);
  if (command.stdin !== undefined && stdin === undefined) return undefined;
  switch (program) {
    case 'kubectl':
      return kubectl(words, { ...machine, file: (name) => machine.files.get(name), stdin });
    case 'printf':
      return { exitCode: 0, stdout: printf(words), stderr: '' };
    case 'cat':
      return cat(words, machine);
    case 'sh':
      return (await script(words, machine)) ? 'script' : undefined;
    default:
      return undefined;
  }
}

function cat([name = '']: readonly string[], { files }: Machine): Ended {
  const content = files.get(name);
  if (content !== undefined) return { exitCode: 0, stdout: content, stderr: '' };
  return { exitCode: 1, stdout: '', stderr: `cat: ${name}: No such file or directory\n` };
}

/** `%s` and `\n` only, as many words as the format has places. */
function printf([format = '', ...words]: readonly string[]): string {
  const rest = [...words];
  return format.replaceAll(String.raw`\n`, '\n').replaceAll('%s', () => rest.shift() ?? '');
}

async function script([name = '']: readonly string[], machine: Machine): Promise<boolean> {
  const commands = readShell(machine.files.get(name) ?? '');
  return commands !== undefined && commands.length > 0 && (await runAll(commands, machine));
}
