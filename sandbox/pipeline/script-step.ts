/** `script` and `bash` steps: the text goes into a file in Agent.TempDirectory and to the shell, in the sources. */
import { randomUUID } from 'node:crypto';
import { accessSync, constants, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type CommandLine,
  expandValue,
  processAttempt,
  type RecordedStep,
  type StepRecord,
  taskEnvironment,
} from '../agent/index.ts';
import type { ScriptStepModel } from './model.ts';

/** What a task gets and a script does not: task-lib takes it out of the environment before a script task runs its shell. */
const ofTasksOnly = /^(SECRET_|ENDPOINT_|VSTS_(PUBLIC|SECRET)_VARIABLES$)/;

export function scriptStep(step: ScriptStepModel): RecordedStep {
  const { name, restrictions, timeoutInMinutes: timeoutMinutes, retryCountOnTaskFailure } = step;
  return {
    identity: {
      name,
      outputVariables: [],
      restrictions: restrictions ? [{ from: 'pipeline', rules: restrictions }] : [],
    },
    header: { Task: 'Command line', Description: 'Run a command line script using the shell of this machine' },
    attempt: processAttempt((record) => shellCommand(step, record)),
    timeoutMinutes,
    retryCountOnTaskFailure,
  };
}

function shellCommand(step: ScriptStepModel, record: StepRecord): CommandLine {
  const { job } = record;
  const { workingDirectory, temp } = job.folders;
  const context = {
    variables: job.variables,
    hostEnvironment: job.hostEnvironment,
    defaultDirectory: workingDirectory,
  };
  const file = path.join(temp, `${randomUUID()}.sh`);
  writeFileSync(file, `${job.variables.expand(step.script)}\n`);
  const ofTask = taskEnvironment(job, {
    stepEnvironment: {},
    inputs: {},
    endpointIds: [],
    taskVariables: [],
    lookUpId: `vsts_${randomUUID()}`,
  });
  const environment = Object.fromEntries(Object.entries(ofTask).filter(([name]) => !ofTasksOnly.test(name)));
  for (const [name, value] of Object.entries(step.env)) environment[name] = expandValue(value.trim(), context);
  const { file: shell, flags } = findShell(job.hostEnvironment['PATH'] ?? '');
  return {
    file: shell,
    arguments: [...flags, file],
    workingDirectory: path.resolve(workingDirectory, expandValue(step.workingDirectory ?? '', context)),
    environment: { ...job.hostEnvironment, ...environment },
  };
}

/** bash as on the hosted Linux and macOS agents; sh where there is none. */
function findShell(searchPath: string): { file: string; flags: readonly string[] } {
  for (const folder of searchPath.split(path.delimiter)) {
    const file = path.join(folder, 'bash');
    try {
      accessSync(file, constants.X_OK);
      return { file, flags: ['--noprofile', '--norc'] };
    } catch {
      // Not in this folder.
    }
  }
  return { file: 'sh', flags: [] };
}
