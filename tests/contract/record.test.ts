/** Inputs and outputs are what pipelines of users are made of: nobody changes them by accident. */
import assert from 'node:assert/strict';
import { describedTasks, readText } from './project.ts';

interface Recorded {
  readonly id: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: readonly string[];
  /** Inputs and outputs that are gone, each with a line in CHANGELOG.md. */
  readonly removed: readonly string[];
}

const record = JSON.parse(readText('tests/contract/tasks.json')) as Record<string, Recorded>;
const help =
  'Edit tests/contract/tasks.json by hand: add what is new; what is gone or renamed goes to "removed" and gets a line ' +
  'in CHANGELOG.md under "### Removed" that names it as `Task.name`.';

describe('the recorded contract', () => {
  const tasks = describedTasks();

  it('holds every task and no other', () => {
    assert.deepEqual(Object.keys(record).sort(), tasks.map(({ reference }) => reference).sort(), help);
  });

  for (const { reference, name, description } of tasks) {
    const recorded = record[reference] ?? { id: '', inputs: {}, outputs: [], removed: [] };

    it(`says which inputs ${reference} has, and of which type`, () => {
      const inputs = Object.fromEntries(description.inputs.map((input) => [input.name, input.type]));
      assert.deepEqual(inputs, recorded.inputs, help);
    });

    it(`says which outputs ${reference} has`, () => {
      assert.deepEqual(
        description.outputVariables.map((output) => output.name).sort(),
        [...recorded.outputs].sort(),
        help,
      );
    });

    it(`says the id of ${reference}, which never changes`, () => {
      assert.equal(description.id, recorded.id);
    });

    it(`announces in CHANGELOG.md what ${reference} no longer has`, () => {
      const removed = removedSections(readText('CHANGELOG.md'));
      const silent = recorded.removed.filter((each) => !removed.includes(`${name}.${each}`));
      assert.deepEqual(silent, [], help);
    });
  }
});

function removedSections(changelog: string): string {
  return changelog
    .split(/^### /m)
    .filter((section) => section.startsWith('Removed\n'))
    .join('\n');
}
