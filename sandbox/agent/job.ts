/** One job on the agent: folders, variables, secrets and connections that its steps share. */
import { mkdir, rm } from 'node:fs/promises';
import process from 'node:process';
import { type Folders, foldersOf } from './folders.ts';
import { defaultCollection, jobVariables, type JobFacts } from './job-variables.ts';
import type { NodeMajor } from './node-binary.ts';
import type { StepResult } from './step-result.ts';
import { isSecretAuthorizationParameter, SecretMasker } from './secret-masker.ts';
import { type AgentVariable, Variables } from './variables.ts';

/** A service connection by its `ENDPOINT_*` variables. `id` is a GUID, or SYSTEMVSSCONNECTION in place of the one that is made of `accessToken`. */
export interface Endpoint {
  readonly id: string;
  readonly name?: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface JobOptions extends JobFacts {
  /** Is made; holds _temp, _tool and the job's directories. Two jobs at the same time need two. */
  readonly workFolder: string;
  /** What a build would check out or a release download; used where it is. Default: an empty folder. */
  readonly content?: string;
  /** Win over the variables that the agent and the service set. */
  readonly variables?: readonly AgentVariable[];
  readonly endpoints?: readonly Endpoint[];
  /** Which Node the organisation's agents run a Node24 handler on. Default: 24. */
  readonly node?: NodeMajor;
  /** Uses this binary for every handler. */
  readonly nodePath?: string;
  /** What a task inherits from the agent's own environment. Default: PATH, HOME and the like of this process. */
  readonly hostEnvironment?: Readonly<Record<string, string>>;
  /** Leaves Agent.TempDirectory as it is at the end, for searches in what tasks wrote. */
  readonly keepTemp?: boolean;
  /** Times of the agent in milliseconds; tests make them short. */
  readonly patience?: Partial<Patience>;
}

/** All in milliseconds (facts/azure-pipelines.md 1.5). */
export interface Patience {
  /** From SIGINT to SIGTERM. */
  readonly interrupt: number;
  /** From SIGTERM to SIGKILL. */
  readonly terminate: number;
  /** How long output may stay open after the process ended, and a process may run on after `task.complete done=true`. */
  readonly linger: number;
  /** Unit of the back-off between attempts: attempt n waits (n + 1)^2 of them. */
  readonly backOff: number;
}

const inherited = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'USER',
  'SHELL',
  'SystemRoot',
  'ComSpec',
  'PATHEXT',
  'TEMP',
  'TMP',
  'USERPROFILE',
];
const defaultPatience: Patience = { interrupt: 7_500, terminate: 2_500, linger: 5_000, backOff: 1_000 };

export class Job {
  readonly options: JobOptions;
  readonly folders: Folders;
  readonly masker = new SecretMasker();
  readonly variables: Variables;
  readonly hostEnvironment: Readonly<Record<string, string>>;
  readonly patience: Patience;
  readonly node: NodeMajor;
  /** By lower-case id; `task.setendpoint` changes them. */
  readonly endpoints = new Map<string, Record<string, string>>();
  /** Latest first, as `task.prependpath` gave them. */
  readonly prependedPaths: string[] = [];
  /** Variables of `task.settaskvariable`, by the step they belong to: its pre-, main and post-job share them. */
  readonly taskVariables = new Map<string, Map<string, AgentVariable>>();
  /** Process groups that a step left behind; ended with the job, as the agent ends orphans. */
  readonly orphans = new Set<number>();
  result: StepResult = 'Succeeded';

  constructor(options: JobOptions) {
    this.options = options;
    this.folders = foldersOf(options.workFolder, options.host, options.content);
    this.node = options.node ?? 24;
    this.patience = { ...defaultPatience, ...options.patience };
    this.hostEnvironment = options.hostEnvironment ?? inheritedEnvironment();
    this.variables = new Variables([...jobVariables(options, this.folders), ...(options.variables ?? [])], this.masker);
    for (const endpoint of [ownConnection(options), ...(options.endpoints ?? [])]) this.#addEndpoint(endpoint);
  }

  /** Makes the folders; Agent.TempDirectory starts empty. */
  async start(): Promise<void> {
    await rm(this.folders.temp, { recursive: true, force: true });
    for (const folder of Object.values(this.folders) as string[]) await mkdir(folder, { recursive: true });
  }

  /** Ends what steps left running and empties Agent.TempDirectory. */
  async end(): Promise<void> {
    for (const group of this.orphans) killGroup(group);
    this.orphans.clear();
    if (this.options.keepTemp) return;
    await rm(this.folders.temp, { recursive: true, force: true });
    await mkdir(this.folders.temp, { recursive: true });
  }

  #addEndpoint({ id, variables }: Endpoint): void {
    this.endpoints.set(id.toLowerCase(), { ...variables });
    const prefix = `ENDPOINT_AUTH_PARAMETER_${id}_`.toLowerCase();
    for (const [name, value] of Object.entries(variables)) {
      const isParameter = name.toLowerCase().startsWith(prefix);
      if (isParameter && isSecretAuthorizationParameter(name.slice(prefix.length))) this.masker.add(value);
    }
  }
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

/** The job's connection to the organisation itself: every task gets it, with the access token. It has no data. */
function ownConnection({ accessToken, collectionUri = defaultCollection }: JobOptions): Endpoint {
  const id = 'SYSTEMVSSCONNECTION';
  if (accessToken === undefined) return { id, variables: {} };
  const parameters = { AccessToken: accessToken };
  const variables = {
    [`ENDPOINT_URL_${id}`]: collectionUri,
    [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ parameters, scheme: 'OAuth' }),
    [`ENDPOINT_AUTH_SCHEME_${id}`]: 'OAuth',
    [`ENDPOINT_AUTH_PARAMETER_${id}_ACCESSTOKEN`]: accessToken,
  };
  return { id, variables };
}

/** What an agent's own environment holds here: {@link JobOptions.hostEnvironment} by default. */
export function inheritedEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of inherited) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
