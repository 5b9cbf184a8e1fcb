/** Results of steps and how the agent merges them. */

export type StepResult = 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Canceled' | 'Skipped';

const order: readonly StepResult[] = ['Succeeded', 'SucceededWithIssues', 'Failed', 'Canceled', 'Skipped'];

/** The worse of the two; what is Canceled or Skipped stays so. */
export function mergeResults(current: StepResult | undefined, coming: StepResult): StepResult {
  if (current === undefined) return coming;
  if (order.indexOf(current) > order.indexOf('Failed')) return current;
  return order.indexOf(coming) >= order.indexOf(current) ? coming : current;
}

/** Reads a result as .NET's Enum.TryParse does: exact letter case. Undefined for anything else. */
export function parseResult(text: string | undefined): StepResult | undefined {
  return order.find((result) => result === text);
}
