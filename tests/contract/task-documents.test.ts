import assert from 'node:assert/strict';
import type { TaskInput } from '../../scripts/lint-extension/task-json.ts';
import { describedTasks, readText, tableBelow } from './project.ts';

describe('the document of a task', () => {
  for (const { name, reference, description } of describedTasks()) {
    const text = readText(`tasks/${name}/README.md`);

    it(`names ${reference} in its title`, () => {
      assert.equal(text.split('\n')[0], `# ${reference}: ${description.friendlyName}`);
    });

    it(`lists the inputs of ${reference} as task.json does`, () => {
      assert.deepEqual(tableBelow(text, 'Inputs'), description.inputs.map(inputRow));
    });

    it(`lists the outputs of ${reference} as task.json does`, () => {
      const wanted = description.outputVariables.map((output) => [`\`${output.name}\``, output.description]);
      assert.deepEqual(tableBelow(text, 'Output variables'), wanted);
    });

    it(`shows at least two examples of ${reference}`, () => {
      const examples = text.split(`- task: ${reference}`).length - 1;
      assert.ok(examples >= 2, `found ${String(examples)}`);
    });
  }
});

function inputRow({ name, type, required, defaultValue, helpMarkDown }: TaskInput): string[] {
  const shown = defaultValue === undefined ? '' : `\`${String(defaultValue)}\``;
  return [`\`${name}\``, type, required ? 'yes' : '', shown, helpMarkDown];
}
