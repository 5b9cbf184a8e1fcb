/** Generated inputs: whatever they are, the task ends with a result or with an error that names what is wrong. */
import fc from 'fast-check';
import type { InProcessRun } from '../../../tests/support/in-process.ts';
import { runTaskInProcess } from '../../../tests/support/tasks-in-process.ts';
import type { Property } from '../campaign.ts';
import { inTime, problemsOfRun } from '../judge.ts';
import type { Place } from '../place.ts';
import { hostileText, nearly } from './hostile.ts';
import { strangeGrants } from './grants.ts';
import type { Inputs } from './refusable.ts';
import { refusable } from './refusable.ts';
import type { Right } from './right.ts';
import { askew, right, seldom, SUBSCRIPTION } from './right.ts';

export interface InputCase {
  readonly task: string;
  readonly inputs: Inputs;
}

/** Their order decides which case a seed gives. */
const tasks = ['AksRoleGrants', 'KeyVaultGrant', 'PodIdentityInstall', 'PodIdentityBind', 'PodSecretCheck'];

/** Those that go through to their last write; they come more often. */
const azureTasks = ['AksRoleGrants', 'AksRoleGrants', 'KeyVaultGrant'];

export function inputProperty(place: Place): Property<InputCase> {
  return {
    name: 'input',
    cases: fc.constantFrom(...tasks, ...azureTasks).chain(caseOf),
    judge: (which) => judge(which, place),
    show: ({ task, inputs }) => `${task} ${JSON.stringify(inputs)}`,
  };
}

/** All right, or one, two or all of them wrong. */
function caseOf(task: string): fc.Arbitrary<InputCase> {
  const known = { ...right[task] };
  const names = [...Object.keys(known), ...Object.keys(seldom[task] ?? {})];
  const odd = fc.oneof(
    { weight: 1, arbitrary: fc.constant<readonly string[]>([]) },
    { weight: 5, arbitrary: fc.subarray(names, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.subarray(names, { minLength: 3 }) },
  );
  return odd.chain((wrong) => {
    const texts = names.map((name): Right => {
      const usual = known[name] ?? fc.constant(undefined);
      return wrong.includes(name) ? oddly(name, known[name] ?? seldom[task]?.[name] ?? usual) : usual;
    });
    return fc.tuple(...texts).map((values) => ({ task, inputs: inputsOf(task, names, values) }));
  });
}

function oddly(name: string, usual: Right): Right {
  const text = usual.map((value) => value ?? '');
  const outlined = askew[name];
  return fc.oneof(
    { weight: 5, arbitrary: nearly(text) },
    { weight: 8, arbitrary: outlined ?? nearly(text) },
    { weight: 3, arbitrary: hostileText() },
    { weight: 1, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: text },
  );
}

function inputsOf(task: string, names: readonly string[], values: readonly (string | undefined)[]): Inputs {
  const entries = names.flatMap((name, index): [string, string][] => {
    const value = values[index];
    return value === undefined || value === '' ? [] : [[name, value]];
  });
  const inputs = Object.fromEntries(entries);
  // What is installed in the cluster would be there for the next case.
  const writes = task.startsWith('PodIdentity') && refusable(task, inputs).length === 0;
  return writes ? { ...inputs, action: 'preview' } : inputs;
}

async function judge({ task, inputs }: InputCase, place: Place): Promise<readonly string[]> {
  const { sandbox, clock, watcher } = place;
  place.reset();
  watcher.begin();
  const ended = await inTime(runTaskInProcess(task, { sandbox, clock, inputs: filledIn(inputs, place) }));
  if (place.requests().length > 0) await watcher.settled();
  return [...problemsOfRun(ended, place), ...problemsOfInputs({ task, inputs }, ended, place)];
}

function filledIn(inputs: Inputs, { sandbox: { connection } }: Place): Inputs {
  const entries = Object.entries(inputs).map(([name, value]): [string, string] => {
    const endpoint = connection.publicServiceConnections.find((each) => each.name === value);
    return [name, endpoint ? endpoint.id : value.replaceAll(SUBSCRIPTION, connection.subscriptionId)];
  });
  return Object.fromEntries(entries);
}

function problemsOfInputs({ task, inputs }: InputCase, run: InProcessRun, place: Place): readonly string[] {
  const wrong = refusable(task, inputs);
  const { failure } = run;
  const writes = place.writes();
  const mayWrite =
    /^(AksRoleGrants|KeyVaultGrant)$/.test(task) && (inputs['action'] ?? 'apply').trim().toLowerCase() !== 'preview';
  if (wrong.length === 0)
    return [
      ...(mayWrite ? [] : writes.map((each) => `nothing was to be written, but ${each}`)),
      ...(task === 'AksRoleGrants' ? strangeGrants(filledIn(inputs, place), place) : []),
    ];
  const message = failure?.message ?? '';
  return [
    ...(failure ? [] : [`${wrong.join(' and ')} must be refused, but the run succeeded`]),
    ...wrong.filter((name) => !message.includes(name)).map((name) => `the error does not name ${name}: ${message}`),
    ...place
      .requests()
      .slice(0, 3)
      .map((each) => `inputs are wrong, but it was asked for ${each}`),
  ];
}
