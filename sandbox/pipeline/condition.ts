/** Conditions of stages, jobs and steps: the functions without arguments that most pipelines use. */
import type { StepResult } from '../agent/index.ts';
import type { Condition } from './model.ts';

const known: Readonly<Record<string, Condition>> = {
  'succeeded()': 'succeeded',
  'always()': 'always',
  'failed()': 'failed',
  'succeededorfailed()': 'succeededOrFailed',
  true: 'true',
  false: 'false',
};

export const knownConditions = 'succeeded(), always(), failed(), succeededOrFailed(), true, false';

/** Undefined for anything else. */
export function parseCondition(text: string): Condition | undefined {
  return known[text.replaceAll(/\s/g, '').toLowerCase()];
}

/** @param before The worst result of what this one waits for. */
export function holds(condition: Condition, before: StepResult): boolean {
  const fine = before === 'Succeeded' || before === 'SucceededWithIssues';
  switch (condition) {
    case 'succeeded':
      return fine;
    case 'failed':
      return before === 'Failed';
    case 'succeededOrFailed':
      return fine || before === 'Failed';
    case 'true':
      // As a condition of its own it does not look at what went before; a cancelled run ends all the same.
      return before !== 'Canceled';
    case 'always':
      return true;
    case 'false':
      return false;
  }
}
