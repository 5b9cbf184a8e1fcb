/** Takes a line of a task's output: acts on the command in it, or writes it to the log. */
import { type Command, isMalformedCommand, parseCommand } from './command.ts';
import { isCommandAllowed } from './restrictions.ts';
import type { StepRecord } from './step-record.ts';
import { type CommandHandler, taskCommands } from './task-commands.ts';

const reference = 'Please reference documentation (http://go.microsoft.com/fwlink/?LinkId=817296)';

/** Areas that the real agent has and the sandbox does not act on, with the host types in which they exist. None is allowed in restricted mode. */
const otherAreas: Readonly<Record<string, readonly string[]>> = {
  artifact: ['build', 'release'],
  build: ['build'],
  codecoverage: ['build'],
  release: ['release'],
  results: ['build', 'release'],
};

export function processLine(step: StepRecord, line: string): void {
  step.rawOutput.push(line);
  const command = parseCommand(line);
  if (!command) {
    if (isMalformedCommand(line))
      step.issue(
        'warning',
        `'${line}' contains logging command keyword '##vso', but it's not a legal command. ${reference}`,
      );
    step.write(line);
    return;
  }
  step.commands.push(command);
  const host = step.job.options.host;
  const hosts = otherAreas[command.area];
  if (hosts && !hosts.includes(host)) {
    step.issue('error', `${command.area} commands are not supported for ${host} flow.`);
    step.commandFailed = true;
    step.write(line);
    return;
  }
  if (!hosts && !['task', 'telemetry'].includes(command.area)) {
    step.issue('warning', `Can't find command extension for ##vso[${command.area}.command]. ${reference}`);
    return;
  }
  runCommand(step, command, line);
}

function runCommand(step: StepRecord, command: Command, line: string): void {
  const name = `${command.area}.${command.event}`;
  try {
    const handler = handlerOf(name, command.area);
    if (isCommandAllowed(step, command, handler.allowedWhenRestricted)) handler.run(step, command);
  } catch (error) {
    step.issue('error', `Unable to process command '${line}' successfully. ${reference}`);
    step.issue('error', error instanceof Error ? error.message : String(error));
    step.commandFailed = true;
  }
  if (name !== 'task.debug') step.debug(`Processed: ${line}`);
}

function handlerOf(name: string, area: string): CommandHandler {
  const known = taskCommands[name];
  if (known) return known;
  if (!otherAreas[area])
    throw new Error(`##vso[${name}] is not a recognized command for ${area} command extension. ${reference}`);
  return {
    allowedWhenRestricted: false,
    run: () => {
      throw new Error(`The sandbox's agent does not imitate ##vso[${name}]. Add it in sandbox/agent/task-commands.ts.`);
    },
  };
}
