import assert from 'node:assert/strict';
import path from 'node:path';
import { repositoryRoot } from '../../scripts/build/project.ts';
import { listFiles } from '../../scripts/lint-extension/files.ts';
import type { TaskJson } from '../../scripts/lint-extension/task-json.ts';
import { describedTasks, documents, readText } from './project.ts';
import { stepProblems, yamlBlocks } from './snippets.ts';

describe('a snippet', () => {
  const tasks = describedTasks();

  for (const file of documents().filter((each) => yamlBlocks(readText(each)).length > 0)) {
    it(`in ${file} uses only tasks, inputs and values that exist`, () => {
      assert.deepEqual(
        yamlBlocks(readText(file)).flatMap((yaml) => stepProblems(yaml, tasks)),
        [],
      );
    });
  }

  const examples = listFiles(path.join(repositoryRoot, 'examples')).filter(
    (file) => /\.ya?ml$/.test(file) && !file.startsWith('before/'),
  );
  for (const file of examples) {
    it(`in examples/${file} uses only tasks, inputs and values that exist`, () => {
      assert.deepEqual(stepProblems(readText(`examples/${file}`), tasks), []);
    });
  }

  it('of every task stands on the Marketplace page', () => {
    const shown = yamlBlocks(readText('overview.md')).join('\n');
    assert.deepEqual(
      tasks.map(({ reference }) => reference).filter((reference) => !shown.includes(`task: ${reference}`)),
      [],
    );
  });
});

describe('the check of snippets', () => {
  const tasks = describedTasks();
  const complete = 'azureSubscription: a, resourceGroup: b, clusterName: c';
  const problems = (yaml: string): string[] => stepProblems(yaml, tasks);

  it('finds a task that does not exist', () => {
    assert.deepEqual(problems('- task: AksRoleGrant@1'), ['AksRoleGrant@1: there is no such task']);
    assert.deepEqual(problems('- task: AksRoleGrants@2'), ['AksRoleGrants@2: there is no such task']);
  });

  it('finds an input that does not exist, deep in a pipeline', () => {
    const yaml = `stages: [{jobs: [{steps: [{task: AksRoleGrants@1, inputs: {${complete}, role: x}}]}]}]`;
    assert.deepEqual(problems(yaml), ['AksRoleGrants@1: has no input role']);
  });

  it('finds a required input that is missing, unless its rule hides it', () => {
    assert.deepEqual(problems('- {task: PodIdentityInstall@1, inputs: {azureSubscription: a, resourceGroup: b}}'), [
      'PodIdentityInstall@1: lacks clusterName',
    ]);
    const hidden = tasks.map((task) => ({
      ...task,
      description: withRule(task.description, 'clusterName', 'action = remove'),
    }));
    const text = (action: string): string =>
      `- {task: PodIdentityInstall@1, inputs: {azureSubscription: a, resourceGroup: b, action: ${action}}}`;
    assert.deepEqual(stepProblems(text('apply'), hidden), []);
    assert.deepEqual(stepProblems(text('remove'), hidden), ['PodIdentityInstall@1: lacks clusterName']);
  });

  it('finds a value that a closed list does not hold', () => {
    assert.deepEqual(problems(`- {task: AksRoleGrants@1, inputs: {${complete}, preset: all}}`), [
      'AksRoleGrants@1: preset cannot be all',
    ]);
    assert.deepEqual(problems(`- {task: AksRoleGrants@1, inputs: {${complete}, preset: $(preset)}}`), []);
  });

  it('finds text that is no YAML', () => {
    assert.match(problems('steps: [')[0] ?? '', /is no YAML/);
  });
});

function withRule(task: TaskJson, name: string, visibleRule: string): TaskJson {
  return { ...task, inputs: task.inputs.map((input) => (input.name === name ? { ...input, visibleRule } : input)) };
}
