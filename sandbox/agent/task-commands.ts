/** The agent's `task` and `telemetry` commands: what each does to the step (facts/azure-pipelines.md 1.3). */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from './command.ts';
import { isSettable } from './restrictions.ts';
import type { StepRecord } from './step-record.ts';
import { parseResult } from './step-result.ts';

export interface CommandHandler {
  readonly allowedWhenRestricted: boolean;
  /** A throw fails the step. */
  run(step: StepRecord, command: Command): void;
}

const allowed = (run: CommandHandler['run']): CommandHandler => ({ allowedWhenRestricted: true, run });
const refused = (run: CommandHandler['run']): CommandHandler => ({ allowedWhenRestricted: false, run });

const logIssue = allowed((step, { properties, data }) => {
  const type = properties['type']?.toLowerCase();
  if (type !== 'error' && type !== 'warning')
    throw new Error(`${String(properties['type'])} is not a type of task.logissue: error, warning`);
  const { sourcepath, linenumber, columnnumber, code } = properties;
  const place =
    sourcepath === undefined
      ? ''
      : `${sourcepath}(${linenumber ?? '0'},${columnnumber ?? '0'}): ${type} ${code ?? ''}: `;
  step.issue(type, place + data, properties);
});

/** By `area.event`. */
export const taskCommands: Readonly<Record<string, CommandHandler>> = {
  'task.logissue': logIssue,
  'task.issue': logIssue,
  'task.complete': allowed((step, { properties }) => {
    const result = parseResult(properties['result']);
    if (!result) throw new Error(`Command doesn't have a valid result value: ${String(properties['result'])}.`);
    step.complete(result);
    if (isTrue(properties['done'])) step.done.abort();
  }),
  'task.setvariable': allowed(setVariable),
  'task.setsecret': allowed((step, { data }) => {
    step.job.masker.add(data);
  }),
  'task.settaskvariable': allowed((step, { properties, data }) => {
    const name = required(properties, 'variable', 'task.settaskvariable');
    const secret = isTrue(properties['issecret']);
    if (secret) step.job.masker.addVariable(data);
    step.taskVariables.set(name.toLowerCase(), { name, value: data, secret });
  }),
  'task.prependpath': allowed((step, { data }) => {
    if (data === '') throw new Error('##vso[task.prependpath] needs a path.');
    const known = step.job.prependedPaths.indexOf(data);
    if (known >= 0) step.job.prependedPaths.splice(known, 1);
    step.job.prependedPaths.unshift(data);
  }),
  'task.setprogress': allowed(() => {
    // The sandbox has no progress bar; the command itself is kept in the record.
  }),
  'task.logdetail': allowed((_step, { properties }) => {
    if (!properties['id']) throw new Error(`Missing timeline record id in ##vso[task.logdetail].`);
  }),
  'task.debug': allowed((step, { data }) => {
    step.debug(data);
  }),
  'telemetry.publish': allowed(() => {
    // The service takes telemetry of in-box tasks only.
  }),
  'task.addattachment': refused((step, { properties, data }) => {
    const type = required(properties, 'type', 'task.addattachment');
    queueAttachment(step, { type, name: required(properties, 'name', 'task.addattachment'), path: data });
  }),
  'task.uploadsummary': refused((step, { data }) => {
    queueAttachment(step, { type: 'Distributedtask.Core.Summary', name: path.basename(data), path: data });
  }),
  'task.uploadfile': refused((step, { data }) => {
    queueAttachment(step, { type: 'DistributedTask.Core.FileAttachment', name: path.basename(data), path: data });
  }),
  'task.setendpoint': refused(setEndpoint),
};

function setVariable(step: StepRecord, { properties, data }: Command): void {
  const name = required(properties, 'variable', 'task.setvariable');
  const { job } = step;
  if (job.variables.get(name)?.readOnly) throw new Error(`Overwriting readonly variable '${name}' is not allowed.`);
  const secret = isTrue(properties['issecret']);
  if (secret && /[\r\n]/.test(data) && !job.variables.isTrue('SYSTEM_UNSAFEALLOWMULTILINESECRET')) {
    throw new Error('Secrets cannot contain multiple lines');
  }
  // The mask comes even where the variable may not be set.
  if (secret) job.masker.addVariable(data);
  if (!isSettable(step, name)) return;
  const preserveCase = isTrue(properties['preservecase']);
  const readOnly = isTrue(properties['isreadonly']);
  step.setVariable({ name, value: data, secret, preserveCase, readOnly }, isTrue(properties['isoutput']));
}

function setEndpoint(step: StepRecord, { properties, data }: Command): void {
  const id = required(properties, 'id', 'task.setendpoint');
  const endpoint = step.job.endpoints.get(id.toLowerCase());
  if (!endpoint || id.toLowerCase() === 'systemvssconnection')
    throw new Error(`##vso[task.setendpoint] cannot change the endpoint ${id}.`);
  const field = properties['field']?.toLowerCase();
  const key = (): string => required(properties, 'key', 'task.setendpoint').toUpperCase();
  if (field === 'url') endpoint[`ENDPOINT_URL_${id}`] = data;
  else if (field === 'dataparameter') endpoint[`ENDPOINT_DATA_${id}_${key()}`] = data;
  else if (field === 'authparameter') {
    step.job.masker.add(data);
    endpoint[`ENDPOINT_AUTH_PARAMETER_${id}_${key()}`] = data;
  } else throw new Error(`##vso[task.setendpoint] knows no field ${String(field)}: url, dataParameter, authParameter.`);
}

function queueAttachment(step: StepRecord, attachment: { type: string; name: string; path: string }): void {
  const { type, name, path: file } = attachment;
  // What .NET on Windows and the service call invalid in a file name, so that a task works on every agent.
  // eslint-disable-next-line no-control-regex -- control characters are among them
  const invalid = /["<>|:*?\\/\u0000-\u001f]/;
  if (invalid.test(type) || invalid.test(name))
    throw new Error(`Attachment type or name holds an invalid character: ${type}, ${name}.`);
  if (!existsSync(file))
    throw new Error(`Can't attach (type:${type} name:${name}) file: ${file}. File does not exist.`);
  step.attachmentQueue.push(attachment);
}

function required(properties: Readonly<Record<string, string>>, name: string, command: string): string {
  const value = properties[name];
  if (!value) throw new Error(`Required field '${name}' is missing in ##vso[${command}] command.`);
  return value;
}

function isTrue(text: string | undefined): boolean {
  return text?.trim().toLowerCase() === 'true';
}
