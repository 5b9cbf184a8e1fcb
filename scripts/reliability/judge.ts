/** What is asked of a run that a fault struck, and of the one after it. */
import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { InProcessRun } from '../../tests/support/in-process.ts';
import type { World } from '../../tests/support/world.ts';

/** Azure as far as the tasks change it, by key. */
export type State = Readonly<Record<string, unknown>>;

/** How the run with the fault ended. */
export interface Struck {
  readonly succeeded: boolean;
  /** Of a run that failed and was not killed. */
  readonly failure: Diagnostic | undefined;
  readonly killed: boolean;
  /** Everything that it printed and left, for the search for secrets. */
  readonly output: readonly string[];
}

export function stateOf({ sandbox }: Pick<World, 'sandbox'>): State {
  const { roleAssignments, vaults } = sandbox.azure.snapshot();
  const entries: readonly (readonly [string, unknown])[] = [
    ...roleAssignments.map((each) => [`assignment ${each.name}`, each] as const),
    ...vaults.flatMap(({ name, accessPolicies }) =>
      accessPolicies.map(
        (each) => [`policy of ${name} for ${each.objectId} ${each.applicationId ?? ''}`, each] as const,
      ),
    ),
  ];
  return Object.fromEntries(entries);
}

/** Nothing that nobody wanted, nothing lost, and an error that a person can act on. */
export function problemsOfFault(
  struck: Struck,
  between: State,
  { before, after, steps }: { readonly before: State; readonly after: State; readonly steps: readonly RegExp[] },
): readonly string[] {
  return [
    ...strangers(between, [before, after]),
    ...(struck.succeeded ? differences(between, after).map((each) => `the run succeeded, but ${each}`) : []),
    ...(struck.failure ? problemsOfError(struck.failure, steps) : []),
    ...(struck.succeeded || struck.failure || struck.killed ? [] : ['the run failed and did not say why']),
  ];
}

/** Whatever happened, the next run ends where an undisturbed one does. */
export function problemsOfNext(
  { succeeded }: Struck,
  { failure, outputs }: InProcessRun,
  { found, wanted }: { readonly found: State; readonly wanted: State },
): readonly string[] {
  return [
    ...(failure ? [`the next run fails: [${failure.code}] ${failure.message}`] : []),
    ...differences(found, wanted).map((each) => `after the next run, ${each}`),
    ...(succeeded && outputs['changeCount'] !== '0' ? ['the next run found something left to do'] : []),
  ];
}

function problemsOfError({ code, message, fix, detail = '' }: Diagnostic, steps: readonly RegExp[]): readonly string[] {
  const said = `[${code}] ${message} ${detail}`;
  // Between two steps there is none to name.
  const named = steps.some((step) => step.test(message)) || code === 'RUN002';
  return [
    ...(code === 'RUN001' ? [`the error has no code of its own: ${said}`] : []),
    ...(fix === '' ? ['the error does not say what next'] : []),
    ...(named ? [] : [`the error does not name the step: ${said}`]),
  ];
}

/** What is there and stood in none of the states, and what was in all of them and is gone. */
export function strangers(found: State, states: readonly State[]): readonly string[] {
  const keys = new Set([...Object.keys(found), ...states.flatMap((state) => Object.keys(state))]);
  return [...keys].flatMap((key) =>
    states.some((state) => isDeepStrictEqual(state[key], found[key]))
      ? []
      : [`${key} is ${print(found[key])} after the fault`],
  );
}

export function differences(found: State, wanted: State): readonly string[] {
  const keys = [...new Set([...Object.keys(found), ...Object.keys(wanted)])];
  return keys
    .filter((key) => !isDeepStrictEqual(found[key], wanted[key]))
    .map((key) => `${key} is ${print(found[key])}, not ${print(wanted[key])}`);
}

function print(value: unknown): string {
  return value === undefined ? 'not there' : JSON.stringify(value);
}
