import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readTaskDefinition } from '../../../sandbox/agent/index.ts';
import { PipelineError, readPipeline } from '../../../sandbox/pipeline/index.ts';
import { azureConnection, catalogue, read, readExample, repository } from './world.ts';

async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await read(text);
  } catch (error) {
    assert.ok(error instanceof PipelineError, String(error));
    return error.message.split('\n');
  }
  return [];
}

describe('pipeline: reading', () => {
  it("refuses the article's own pipeline only for its tasks, each by name and line", async () => {
    await assert.rejects(readExample('examples/before/aks-mi-kv-pipeline.yml'), (error: PipelineError) => {
      assert.deepEqual(
        error.problems.map(
          ({ line, message }) => `${String(line)} ${/the task ([^.]*)\./.exec(message)?.[1] ?? message}`,
        ),
        ['26 Kubernetes@1', '34 AzureCLI@2', '51 Kubernetes@1', '59 AzureCLI@2', '76 AzureCLI@2', '90 HelmDeploy@0'],
      );
      assert.match(
        error.message,
        /^examples\/before\/aks-mi-kv-pipeline.yml:26:23: .*It runs Probe@1, Staged@1, KubernetesManifest@1/,
      );
      return true;
    });
  });

  it('reports all problems together, in the order of the file', async () => {
    const found = await problemsOf(`steps:
- task: Nobody@1
- task: Probe@2
- script: echo
  condition: eq(1, 1)
- powershell: x
- task: Probe@1
  inputs: {script: x, connection: unknown-conn}
  retry: 3
`);
    assert.deepEqual(
      found.map((line) => line.split(' ')[0]),
      ['p.yml:2:9:', 'p.yml:3:9:', 'p.yml:5:14:', 'p.yml:6:3:', 'p.yml:8:35:', 'p.yml:9:3:'],
    );
    assert.match(found[2] ?? '', /eq\(1, 1\).*succeeded\(\), always\(\)/);
    assert.match(found[4] ?? '', /"unknown-conn", which does not exist. There are: azure-conn, cluster-conn/);
  });

  it('refuses template and runtime expressions wherever they stand', async () => {
    const found = await problemsOf(
      'variables:\n  a: $[ variables.b ]\n  ${{ if true }}:\n    c: d\nsteps:\n- script: |\n    echo\n    echo ${{ parameters.x }}\n',
    );
    assert.equal(found.length, 4);
    assert.match(
      found[0] ?? '',
      /^p\.yml:2:6: The sandbox evaluates no template or runtime expressions: \$\[ variables\.b \]/,
    );
    assert.match(found[3] ?? '', /echo \$\{\{ parameters\.x \}\}/);
  });

  it('refuses broken YAML, anchors, other strategies and variable groups', async () => {
    assert.match((await problemsOf('steps: [')).join(), /^p\.yml:/);
    assert.match((await problemsOf('steps:\n- &a\n  script: x\n- *a\n')).join(), /4:3: .*no YAML anchors/);
    assert.match(
      (await problemsOf('jobs:\n- deployment: d\n  strategy: {canary: {}}\n')).join(),
      /3:14: The strategy of a deployment has no "canary" here/,
    );
    assert.match(
      (await problemsOf('variables:\n- group: g\nsteps:\n- script: x\n')).join(),
      /2:3: .*no variable groups/,
    );
    assert.match((await problemsOf('stages: []\nsteps: []\n')).join(), /exactly one of stages, jobs and steps/);
    assert.match((await problemsOf('')).join(), /holds no pipeline/);
    assert.match(
      (
        await problemsOf('jobs:\n- job: b\n  dependsOn: c\n  steps: [{script: x}]\n- job: c\n  steps: [{script: x}]\n')
      ).join(),
      /3:14: dependsOn names "c", which does not stand above/,
    );
  });

  it('resolves a connection by name, through variables of every level, and keeps values as they are written', async () => {
    const pipeline = await read(`variables:
  which: azure
jobs:
- job: a
  variables: [{name: conn, value: $(which)-conn}, {name: which, value: azure}]
  steps:
  - task: keyless-pods.keyless-pods.probe.Probe@1
    inputs: {connection: $(which)-conn, plain: 1.10, greeting: yes, flag: true}
`);
    const [step] = pipeline.stages[0]?.jobs[0]?.steps ?? [];
    assert.ok(step?.kind === 'task');
    assert.deepEqual(step.inputs, { connection: azureConnection, plain: '1.10', greeting: 'yes', flag: 'true' });
    assert.equal(step.name, 'Probe');
  });

  it('refuses inputs that the stand-in for an in-box task does not know, and names what it needs', async () => {
    const found = await problemsOf(`steps:
- task: KubernetesManifest@1
  inputs: {action: bake, kubernetesServiceConnection: cluster-conn, containers: x}
`);
    assert.equal(found.length, 3);
    assert.match(
      found.join('|'),
      /p.yml:2:3: .*needs the input "manifests".*p.yml:3:20: .*knows action: deploy, not "bake".*p.yml:3:69: .*does not know the input "containers"/,
    );
  });

  for (const file of ['examples/article.yml', 'examples/dedicated-identity.yml']) {
    it(`reads ${file} with the tasks of the extension`, async () => {
      const names = ['AksRoleGrants', 'KeyVaultGrant', 'PodIdentityBind', 'PodIdentityInstall', 'PodSecretCheck'];
      const folders = names.map((name) => path.join(repository, 'tasks', name, `${name}V1`));
      const tasks = await Promise.all(folders.map((folder) => readTaskDefinition(folder)));
      const pipeline = readPipeline(await readFile(path.join(repository, file), 'utf8'), file, {
        ...(await catalogue()),
        tasks,
      });
      const steps = pipeline.stages[0]?.jobs[0]?.steps ?? [];
      const used = steps.filter((step) => step.kind === 'task');
      assert.deepEqual(used.map(({ definition }) => definition.name).sort(), names);
      for (const { definition, inputs } of used) {
        const known = definition.inputs.map(({ name }) => name);
        assert.deepEqual(
          Object.keys(inputs).filter((name) => !known.includes(name)),
          [],
          definition.name,
        );
      }
    });
  }
});
