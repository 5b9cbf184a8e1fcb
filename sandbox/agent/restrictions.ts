/** What a step may not do: `restrictions` of task.json and `target:` of a YAML step (facts/azure-pipelines.md 1.3). */
import type { Command } from './command.ts';
import type { StepRecord } from './step-record.ts';
import type { Restrictions } from './task-definition.ts';

const documentation = 'https://go.microsoft.com/fwlink/?linkid=2138086';

/** False, with one warning, where a rule forbids the command. */
export function isCommandAllowed(step: StepRecord, command: Command, allowedWhenRestricted: boolean): boolean {
  return decide(
    step,
    (rules) => rules.commands !== 'restricted' || allowedWhenRestricted,
    () => {
      step.issue(
        'warning',
        `##vso[${command.area}.${command.event}] is not allowed in this step due to policy restrictions. Please refer ${documentation}`,
      );
    },
  );
}

/** False, with one warning, where a rule does not list the variable. */
export function isSettable(step: StepRecord, name: string): boolean {
  return decide(
    step,
    ({ settableVariables }) =>
      settableVariables === undefined || settableVariables.some((pattern) => matches(pattern, name)),
    () => {
      step.issue('warning', `Setting variable '${name}' has been disabled by the task or build definition.`);
    },
  );
}

/** The pipeline's rules are always enforced; those of task.json are, unless the job variable of the agent's knob says otherwise. */
function decide(step: StepRecord, allows: (rules: Restrictions) => boolean, warn: () => void): boolean {
  const broken = step.identity.restrictions.filter(({ rules }) => !allows(rules));
  if (broken.length === 0) return true;
  const mode = step.job.variables.get('agent.taskRestrictionsEnforcementMode')?.value.toLowerCase() ?? 'enabled';
  const enforced = mode === 'enabled' || broken.some(({ from }) => from === 'pipeline');
  if (enforced || mode !== 'disabled') warn();
  return !enforced;
}

function matches(pattern: string, name: string): boolean {
  const expression = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${expression.join('.*')}$`, 'i').test(name);
}
