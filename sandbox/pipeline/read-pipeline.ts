/** The file as a whole: stages, jobs and their variables, at whatever level the file begins. */
import type { Node } from 'yaml';
import type { AgentVariable } from '../agent/index.ts';
import type { Catalogue } from './catalogue.ts';
import type { Pipeline, PipelineJob, Stage } from './model.ts';
import { readCondition, readStep } from './read-step.ts';
import { readVariables } from './read-variables.ts';
import { type Entries, YamlReader } from './yaml-reader.ts';

interface Context {
  readonly reader: YamlReader;
  readonly catalogue: Catalogue;
}

const ofRoot = ['name', 'trigger', 'pr', 'schedules', 'resources', 'pool', 'variables', 'appendCommitMessageToRunName'];
const ofStage = ['stage', 'displayName', 'dependsOn', 'condition', 'variables', 'pool', 'jobs'];
const ofAnyJob = [
  'displayName',
  'dependsOn',
  'condition',
  'variables',
  'pool',
  'timeoutInMinutes',
  'cancelTimeoutInMinutes',
  'workspace',
];
/** Keys that change nothing in a run by hand on one machine. */
const passedOver = ['trigger', 'pr', 'schedules', 'resources', 'pool'];

/** @throws PipelineError with every problem of the file. */
export function readPipeline(text: string, file: string, catalogue: Catalogue): Pipeline {
  const reader = new YamlReader(text, file);
  if (reader.root === undefined) reader.problem(undefined, 'The file holds no pipeline.');
  // A file that is no YAML has no structure to look at.
  if (reader.root === undefined || reader.isBroken) reader.check();
  const context = { reader, catalogue };
  const level = ['stages', 'jobs', 'steps'].filter((key) => reader.map(reader.root, 'The pipeline').has(key));
  const entries = reader.map(reader.root, 'The pipeline', [
    ...ofRoot,
    ...(level[0] === undefined ? ['stages', 'jobs', 'steps'] : level),
  ]);
  if (level.length !== 1) reader.problem(reader.root, 'A pipeline has exactly one of stages, jobs and steps.');
  checkResources(reader, entries);
  const variables = readVariables(reader, entries, []);
  const stages = readStages(context, entries, variables);
  reader.check();
  const notes = passedOver
    .filter((key) => entries.has(key))
    .map((key) => `${key} is passed over: the sandbox runs on this machine, when asked.`);
  return { file, stages, notes };
}

function readStages(context: Context, entries: Entries, variables: readonly AgentVariable[]): readonly Stage[] {
  const { reader } = context;
  const stages = entries.get('stages');
  if (!stages) {
    const jobs = readJobs(context, entries, variables);
    return [{ name: '__default', displayName: '', condition: 'succeeded', dependsOn: [], jobs }];
  }
  const read: Stage[] = [];
  for (const node of reader.list(stages.value, 'stages')) {
    const own = reader.map(node, 'A stage', ofStage);
    const name = reader.optionalText(own, 'stage', '');
    const before = read.map((stage) => stage.name);
    if (name === '' || before.includes(name)) reader.problem(node, `A stage needs a name of its own, not "${name}".`);
    read.push({
      name,
      displayName: reader.optionalText(own, 'displayName', name),
      condition: readCondition(reader, own),
      // A stage waits for the one above it, unless it says otherwise.
      dependsOn: readDependsOn(reader, own, before, before.slice(-1)),
      jobs: readJobs(context, own, readVariables(reader, own, variables)),
    });
  }
  return read;
}

function readJobs(context: Context, entries: Entries, variables: readonly AgentVariable[]): readonly PipelineJob[] {
  const { reader } = context;
  const jobs = entries.get('jobs');
  if (!jobs) {
    if (!entries.has('steps')) return [];
    const steps = readSteps(context, entries, variables);
    return [
      {
        name: 'Job',
        displayName: 'Job',
        kind: 'job',
        condition: 'succeeded',
        dependsOn: [],
        timeoutInMinutes: undefined,
        variables,
        steps,
      },
    ];
  }
  const read: PipelineJob[] = [];
  for (const node of reader.list(jobs.value, 'jobs')) {
    const job = readJob(
      context,
      node,
      variables,
      read.map(({ name }) => name),
    );
    if (job) read.push(job);
  }
  return read;
}

function readJob(
  context: Context,
  node: Node,
  variables: readonly AgentVariable[],
  before: readonly string[],
): PipelineJob | undefined {
  const { reader } = context;
  const keys = reader.map(node, 'A job');
  const kind = keys.has('deployment') ? 'deployment' : 'job';
  if (!keys.has(kind)) {
    reader.problem(node, `The sandbox runs job and deployment, not "${[...keys.keys()][0] ?? ''}".`);
    return undefined;
  }
  const allowed = kind === 'job' ? ['job', 'steps'] : ['deployment', 'environment', 'strategy'];
  const own = reader.map(node, `A ${kind}`, [...allowed, ...ofAnyJob]);
  const name = reader.optionalText(own, kind, '');
  if (name === '' || before.includes(name))
    reader.problem(node, `A job needs a name of its own in its stage, not "${name}".`);
  const jobVariables = readVariables(reader, own, variables);
  return {
    name,
    kind,
    displayName: reader.optionalText(own, 'displayName', name),
    condition: readCondition(reader, own),
    dependsOn: readDependsOn(reader, own, before, []),
    timeoutInMinutes: reader.count(own, 'timeoutInMinutes'),
    variables: jobVariables,
    steps: readSteps(context, kind === 'job' ? own : deployOf(reader, own, node), jobVariables),
  };
}

/** `strategy: runOnce: deploy:` and nothing beside it. */
function deployOf(reader: YamlReader, job: Entries, node: Node): Entries {
  const strategy = job.get('strategy');
  if (!strategy) {
    reader.problem(node, 'A deployment needs a strategy.');
    return new Map();
  }
  const runOnce = reader.map(strategy.value, 'The strategy of a deployment', ['runOnce']).get('runOnce');
  if (!runOnce) return new Map();
  const deploy = reader.map(runOnce.value, 'runOnce', ['deploy']).get('deploy');
  return deploy ? reader.map(deploy.value, 'deploy', ['steps', 'pool']) : new Map();
}

function readSteps(
  { reader, catalogue }: Context,
  entries: Entries,
  variables: readonly AgentVariable[],
): PipelineJob['steps'] {
  const steps = entries.get('steps');
  if (!steps) {
    reader.problem([...entries.values()][0]?.key, 'There are no steps here.');
    return [];
  }
  const known = new Map(variables.map(({ name, value }) => [name.toLowerCase(), value]));
  const context = { reader, catalogue, variables: known, names: new Set<string>() };
  return reader.list(steps.value, 'steps').flatMap((node) => readStep(context, node) ?? []);
}

/** The sandbox goes through the file from top to bottom, so what one waits for must stand above it. */
function readDependsOn(
  reader: YamlReader,
  entries: Entries,
  before: readonly string[],
  fallback: readonly string[],
): readonly string[] {
  const entry = entries.get('dependsOn');
  if (!entry) return fallback;
  const names = reader.textOrList(entry.value, 'dependsOn');
  for (const name of names) {
    if (!before.includes(name))
      reader.problem(
        entry.value,
        `dependsOn names "${name}", which does not stand above. Above stand: ${before.join(', ') || 'none'}.`,
      );
  }
  return names;
}

/** Only the pipeline's own repository is there: `- repo: self`. */
function checkResources(reader: YamlReader, entries: Entries): void {
  const resources = entries.get('resources');
  if (!resources) return;
  for (const item of reader.list(resources.value, 'resources')) {
    const repository = reader.optionalText(reader.map(item, 'A resource', ['repo', 'clean']), 'repo', '');
    if (repository !== 'self') reader.problem(item, `The sandbox has the repository self only, not "${repository}".`);
  }
}
