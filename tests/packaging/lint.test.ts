/** Each case is a mistake that tfx lets pass without a word; see docs/testing.md. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buildExtension } from '../../scripts/build/build-extension.ts';
import { lintExtension } from '../../scripts/lint-extension/lint.ts';
import { copyProject, type ProjectCopy } from './copy.ts';

type Json = Record<string, unknown>;
interface Input extends Json {
  name: string;
}

describe('the lint of the extension', function () {
  this.timeout(60_000);
  const task = 'tasks/AksRoleGrants/AksRoleGrantsV1';
  let copy: ProjectCopy;
  let built = '';

  before(async () => {
    copy = await copyProject();
    ({ folder: built } = await buildExtension(copy.root));
  });

  after(async () => {
    await copy.remove();
  });

  async function problemsAfter(change: (folder: string) => Promise<void>): Promise<string> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'keyless-pods-lint-'));
    try {
      await cp(built, folder, { recursive: true });
      await change(folder);
      return lintExtension(folder).join('\n');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  function edited(file: string, edit: (content: Json) => void): (folder: string) => Promise<void> {
    return async (folder) => {
      const content = JSON.parse(await readFile(path.join(folder, file), 'utf8')) as Json;
      edit(content);
      await writeFile(path.join(folder, file), JSON.stringify(content));
    };
  }

  const taskJson = (edit: (content: Json) => void): ((folder: string) => Promise<void>) =>
    edited(`${task}/task.json`, edit);
  const manifest = (edit: (content: Json) => void): ((folder: string) => Promise<void>) =>
    edited('vss-extension.json', edit);
  const input = (content: Json, name: string): Input =>
    (content['inputs'] as Input[]).find((each) => each.name === name)!;

  it('finds nothing in what is built', async () => {
    assert.equal(await problemsAfter(async () => Promise.resolve()), '');
  });

  const mistakes: readonly (readonly [string, (folder: string) => Promise<void>, RegExp])[] = [
    ['an unknown property of a task', taskJson((json) => (json['categories'] = [])), /additional properties/],
    [
      'a category that does not exist',
      taskJson((json) => (json['category'] = 'Deployment')),
      /category must be equal to one of/,
    ],
    ['an id that is no GUID', taskJson((json) => (json['id'] = 'x')), /id must match pattern/],
    ['a missing version', taskJson((json) => delete json['version']), /required property 'version'/],
    [
      'a version that is not that of the project',
      taskJson((json) => (json['version'] = { Major: 1, Minor: 0, Patch: 9 })),
      /version is not/,
    ],
    [
      'a handler that agents do not know',
      taskJson((json) => (json['execution'] = { Node20: { target: 'index.js' } })),
      /Node20/,
    ],
    [
      'a handler without the older Node',
      taskJson((json) => (json['execution'] = { Node24: { target: 'index.js' } })),
      /required property 'Node20_1'/,
    ],
    [
      'a target that is not there',
      taskJson((json) => (json['execution'] = { Node20_1: { target: 'a.js' }, Node24: { target: 'a.js' } })),
      /a target is missing/,
    ],
    [
      'a name that is not that of the folder',
      taskJson((json) => (json['name'] = 'Other')),
      /the folder says AksRoleGrants/,
    ],
    [
      'a friendly name that is too long',
      taskJson((json) => (json['friendlyName'] = 'x'.repeat(41))),
      /friendlyName must NOT have more than 40/,
    ],
    [
      'an input name with a space',
      taskJson((json) => (input(json, 'grants').name = 'my grants')),
      /name must match pattern/,
    ],
    ['an input type that does not exist', taskJson((json) => (input(json, 'grants')['type'] = 'text')), /type must/],
    [
      'an input without help',
      taskJson((json) => delete input(json, 'grants')['helpMarkDown']),
      /required property 'helpMarkDown'/,
    ],
    [
      'an input of a group that does not exist',
      taskJson((json) => (input(json, 'grants')['groupName'] = 'nowhere')),
      /input grants: no group nowhere/,
    ],
    [
      'a default that is no option',
      taskJson((json) => (input(json, 'preset')['defaultValue'] = 'all')),
      /its default is none of its options/,
    ],
    [
      'a rule that no designer understands',
      taskJson((json) => (input(json, 'grants')['visibleRule'] = 'preset is none')),
      /not of the form/,
    ],
    [
      'a rule with both operators',
      taskJson((json) => (input(json, 'grants')['visibleRule'] = 'a = b && c = d || e = f')),
      /mixes && and \|\|/,
    ],
    [
      'a rule about an input that does not exist',
      taskJson((json) => (input(json, 'grants')['visibleRule'] = 'presets = none')),
      /names no input: presets/,
    ],
    [
      'a rule about a value that does not exist',
      taskJson((json) => (input(json, 'grants')['visibleRule'] = 'preset = all')),
      /none of its options/,
    ],
    [
      'a pick list that nobody can type into',
      taskJson((json) => delete input(json, 'clusterName')['properties']),
      /EditableOptions/,
    ],
    [
      'a data source for no input',
      taskJson((json) => ((json['dataSourceBindings'] as Json[])[0]!['target'] = 'cluster')),
      /its target cluster is no pickList/,
    ],
    [
      'an output that the agent would not let the task set',
      taskJson((json) => (json['outputVariables'] = [])),
      /settableVariables\.allowed is/,
    ],
    [
      'a title that names no input',
      taskJson((json) => (json['instanceNameFormat'] = 'On $(cluster)')),
      /instanceNameFormat: no input cluster/,
    ],
    ['an unknown key of the manifest', manifest((json) => (json['categoris'] = [])), /unknown keys: categoris/],
    ['a scope', manifest((json) => (json['scopes'] = ['vso.build'])), /unknown keys: scopes/],
    [
      'a Marketplace category of another kind',
      manifest((json) => (json['categories'] = ['Azure Pipeline'])),
      /must be exactly Azure Pipelines/,
    ],
    ['a version with a word in it', manifest((json) => (json['version'] = 'abc')), /version abc is not of the form/],
    ['a package that is public before its release', manifest((json) => (json['public'] = true)), /public is true/],
    [
      'a contribution with the wrong target',
      manifest((json) => ((json['contributions'] as Json[])[0]!['targets'] = ['x'])),
      /not that of a task/,
    ],
    [
      'a task that is not contributed',
      manifest((json) => (json['contributions'] as Json[]).shift()),
      /0 contributions name/,
    ],
    [
      'a folder that anybody could read',
      manifest((json) => ((json['files'] as Json[])[0]!['addressable'] = true)),
      /served to anybody/,
    ],
    ['a missing icon', async (folder) => rm(path.join(folder, task, 'icon.png')), /icon\.png is missing/],
    [
      'an icon of the wrong size',
      async (folder) => cp(path.join(folder, 'images/icon.png'), path.join(folder, task, 'icon.png')),
      /128 x 128 pixels, not 32 x 32/,
    ],
    ['an icon that is no picture', async (folder) => writeFile(path.join(folder, 'images/icon.png'), 'x'), /is no PNG/],
    [
      'a file that nobody meant to ship',
      async (folder) => writeFile(path.join(folder, '.npmrc'), ''),
      /\.npmrc is not expected/,
    ],
    [
      'a registry password',
      async (folder) => writeFile(path.join(folder, 'overview.md'), '//r.example/:_authToken=abc'),
      /a registry password/,
    ],
    [
      'a private key',
      async (folder) => writeFile(path.join(folder, 'overview.md'), `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}`),
      /a private key/,
    ],
    [
      'a path of the machine that built it',
      async (folder) => writeFile(path.join(folder, 'overview.md'), os.homedir()),
      /of this machine/,
    ],
  ];
  for (const [title, change, found] of mistakes) {
    it(`finds ${title}`, async () => {
      assert.match(await problemsAfter(change), found);
    });
  }

  it('finds a second task with the same id', async () => {
    const problems = await problemsAfter(async (folder) => {
      const { id } = JSON.parse(await readFile(path.join(folder, task, 'task.json'), 'utf8')) as { id: string };
      await edited('tasks/KeyVaultGrant/KeyVaultGrantV1/task.json', (json) => (json['id'] = id.toUpperCase()))(folder);
    });
    assert.match(problems, /KeyVaultGrantV1\/task\.json: has the id of AksRoleGrants/);
  });
});
