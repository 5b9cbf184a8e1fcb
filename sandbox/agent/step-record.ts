/** What one run of a step leaves behind while it runs: log, issues, variables, attachments, result. */
import { readFile } from 'node:fs/promises';
import type { Command } from './command.ts';
import type { Job } from './job.ts';
import { mergeResults, type StepResult } from './step-result.ts';
import type { Restrictions } from './task-definition.ts';
import type { AgentVariable } from './variables.ts';

export interface Issue {
  readonly type: 'error' | 'warning';
  /** Masked. */
  readonly message: string;
  /** sourcepath, linenumber, code, ... as the command gave them. */
  readonly properties: Readonly<Record<string, string>>;
}

export interface Attachment {
  readonly type: string;
  readonly name: string;
  readonly path: string;
  /** As it was after the process had ended, not when the command came. */
  readonly content: Buffer;
}

export interface StepIdentity {
  /** Reference name: what stands before the dot in `$(name.variable)`. */
  readonly name: string;
  /** Names that task.json lists as output variables: set as outputs even without `isoutput`. */
  readonly outputVariables: readonly string[];
  readonly restrictions: readonly { readonly from: 'task' | 'pipeline'; readonly rules: Restrictions }[];
}

/** The agent keeps this many errors and this many warnings of a step; the log has them all. */
const maximumIssues = 10;

export class StepRecord {
  readonly job: Job;
  readonly identity: StepIdentity;
  readonly log: string[] = [];
  readonly rawOutput: string[] = [];
  readonly commands: Command[] = [];
  readonly issues: Issue[] = [];
  readonly outputVariables: Record<string, string> = {};
  readonly variables: Record<string, string> = {};
  readonly taskVariables: Map<string, AgentVariable>;
  readonly attachmentQueue: { readonly type: string; readonly name: string; readonly path: string }[] = [];
  result: StepResult | undefined;
  /** A command went wrong: the step fails, whatever the task says of itself. */
  commandFailed = false;
  /** `task.complete done=true` came. */
  readonly done = new AbortController();
  readonly #onLine: ((line: string) => void) | undefined;

  constructor(job: Job, identity: StepIdentity, onLine?: (line: string) => void) {
    this.job = job;
    this.identity = identity;
    this.#onLine = onLine;
    this.taskVariables = job.taskVariables.get(identity.name) ?? new Map<string, AgentVariable>();
    job.taskVariables.set(identity.name, this.taskVariables);
  }

  /** A line of the log, masked with what is known to be secret by now. */
  write(text: string): void {
    for (const line of text.split(/\r\n|\n|\r/)) {
      const masked = this.job.masker.mask(line);
      this.log.push(masked);
      this.#onLine?.(masked);
    }
  }

  debug(text: string): void {
    if (this.job.variables.isTrue('system.debug')) this.write(`##[debug]${text}`);
  }

  issue(type: Issue['type'], message: string, properties: Readonly<Record<string, string>> = {}): void {
    if (this.issues.filter((issue) => issue.type === type).length < maximumIssues) {
      this.issues.push({ type, message: this.job.masker.mask(message), properties });
    }
    this.write(`##[${type}]${message}`);
  }

  complete(result: StepResult): void {
    this.result = mergeResults(this.result, result);
  }

  /** An output is known by `<step>.<name>` only and cannot be set again by other means; see facts/azure-pipelines.md 1.3. */
  setVariable(variable: AgentVariable, isOutput: boolean): void {
    const { name, value } = variable;
    const listed = this.identity.outputVariables.some((output) => output.toLowerCase() === name.toLowerCase());
    if (!isOutput && !listed) {
      this.variables[name] = value;
      this.job.variables.set(variable);
      return;
    }
    this.outputVariables[name] = value;
    const readOnly = isOutput || variable.readOnly === true;
    this.job.variables.set({ ...variable, name: `${this.identity.name}.${name}`, readOnly });
  }

  /** Reads the queued files. One that is gone by now is lost without a word, as at the agent's upload. */
  async collectAttachments(): Promise<{ attachments: readonly Attachment[]; lost: readonly string[] }> {
    const attachments: Attachment[] = [];
    const lost: string[] = [];
    for (const queued of this.attachmentQueue) {
      try {
        attachments.push({ ...queued, content: await readFile(queued.path) });
      } catch {
        lost.push(queued.path);
      }
    }
    return { attachments, lost };
  }
}
