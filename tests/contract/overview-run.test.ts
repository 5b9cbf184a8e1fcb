/** The Marketplace page promises that its snippets work, so they run: in its order, with the names of the article's world. */
import assert from 'node:assert/strict';
import { parse, stringify } from 'yaml';
import { startWorld, type World } from '../support/world.ts';
import { describedTasks, readText } from './project.ts';
import { yamlBlocks } from './snippets.ts';

/** What the page calls a thing, and what it is called in sandbox/scenarios/article.yml. The vault is one with roles. */
const names: readonly (readonly [string, string])[] = [
  ['my-group', '_rg-aks-p-we-001'],
  ['my-aks', 'aks-p-we-001'],
  ['my-vault', 'kvpwe002'],
  ['team-group/id-orders', '_rg-infra-p-we-001/id-aks-helloworld'],
  ['deployment/orders', 'deployment/aks-helloworld'],
  ['namespace: orders', 'namespace: default'],
  ['app=orders', 'app=aks-helloworld'],
  ['secretName: orders-db', 'secretName: password'],
];

/** The user's own step, which the page leaves to the user. */
const deployment = {
  task: 'KubernetesManifest@1',
  inputs: {
    action: 'deploy',
    kubernetesServiceConnection: 'cluster-conn',
    namespace: 'default',
    manifests: 'manifests/aks-helloworld.yaml',
  },
};

describe('the snippets of the Marketplace page', function () {
  this.timeout(180_000);
  let world: World;

  before(async () => {
    world = await startWorld();
  });

  after(async () => {
    await world.stop();
  });

  it('run one after the other, and the secret is read with the identity that they name', async () => {
    const steps = snippets();
    assert.deepEqual(
      steps.map(({ task }) => task).sort(),
      describedTasks()
        .map(({ reference }) => reference)
        .sort(),
    );
    const yaml = stringify({ steps: [deployment, ...steps] });
    const { result, jobs } = await world.pipeline(yaml);
    const runs = jobs.flatMap((job) => job.steps);
    const failed = runs.find((run) => run.result !== 'Succeeded' && run.result !== 'SucceededWithIssues');
    if (failed) assert.fail(failed.run?.log.join('\n'));
    assert.ok(['Succeeded', 'SucceededWithIssues'].includes(result), result);
    const outputs = Object.assign({}, ...runs.map(({ run }) => run?.outputVariables)) as Record<string, string>;
    assert.equal(outputs['outcome'], 'passed');
    assert.equal(outputs['problemCount'], '0', outputs['codes']);
  });
});

function snippets(): { task: string }[] {
  const section =
    readText('overview.md')
      .split(/^## /m)
      .find((each) => each.startsWith('The tasks\n')) ?? '';
  let yaml = yamlBlocks(section).join('\n');
  for (const [from, to] of names) yaml = yaml.replaceAll(from, to);
  return parse(yaml) as { task: string }[];
}
