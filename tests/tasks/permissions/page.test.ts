import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadScenario } from '../../../sandbox/scenario/load.ts';
import type { PipelineRun } from '../../../sandbox/pipeline/index.ts';
import { azureRole, clusterRole, nameOf, permissions } from '../../support/permissions.ts';
import type { World } from '../../support/world.ts';
import { examples, startWorld } from '../../support/world.ts';

const article = readFileSync(path.join(examples, 'article.yml'), 'utf8');
const [subscription] = loadScenario('article').subscriptions;

const cluster = `
    azureSubscription: azure-conn
    resourceGroup: _rg-aks-p-we-001
    clusterName: aks-p-we-001
    kubernetesServiceConnection: cluster-conn`;

/** The article's steps with the connection in place of the credentials that Azure hands out, where a task can use one. */
function withClusterConnection(yaml: string): string {
  const steps = yaml.split(/^(?= +- task: )/m);
  const changed = steps.map((step) =>
    /- task: (PodIdentityInstall|PodIdentityBind|PodSecretCheck)@1/.test(step)
      ? step.replace(/^( +)clusterName: .*$/m, '$&\n$1kubernetesServiceConnection: $(kubernetesServiceEndpoint)')
      : step,
  );
  return changed.join('');
}

function logOf({ jobs }: PipelineRun): string {
  return jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run?.log ?? [])).join('\n');
}

/** What else the role is for: running pods, and taking everything back, in use or not. */
const more = `
steps:
- task: PodIdentityBind@1
  inputs:${cluster}
    action: remove
    workloads: deployment/aks-helloworld
- task: PodIdentityBind@1
  inputs:${cluster}
    pods: app=aks-helloworld
- task: PodIdentityInstall@1
  inputs:${cluster}
    action: remove
    force: true
`;

describe('docs/permissions.md', function () {
  this.timeout(120_000);

  it('has the custom role that azure-conn has in the scenario article, and no other', () => {
    const [role, ...more] = subscription?.customRoles ?? [];
    assert.deepEqual(more, []);
    assert.equal(role?.name, azureRole.Name);
    assert.deepEqual(role.actions, azureRole.Actions);
    assert.deepEqual([role.notActions, role.dataActions], [azureRole.NotActions, azureRole.DataActions]);
    const own = subscription?.roleAssignments.filter(({ principal }) => principal === 'azure-pipelines');
    assert.deepEqual(
      own?.map((each) => each.role),
      [azureRole.Name],
    );
  });

  it('has the ClusterRole that cluster-conn has in the scenario article, and no other', () => {
    const objects = subscription?.resourceGroups.flatMap(({ clusters }) => clusters)[0]?.objects ?? [];
    const roles = objects.filter(({ kind }) => kind === 'ClusterRole');
    assert.deepEqual(roles, [clusterRole]);
    const bindings = objects.filter(({ kind }) => String(kind).endsWith('RoleBinding'));
    assert.deepEqual(
      bindings.map(({ roleRef }) => (roleRef as { name: string }).name),
      [clusterRole.metadata.name],
    );
  });

  it('lists every permission once', () => {
    const names = permissions.map(nameOf);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
    assert.deepEqual(azureRole.Actions, [...new Set(azureRole.Actions)]);
  });

  describe("the article's pipeline with cluster-conn", () => {
    let world: World;
    before(async () => {
      world = await startWorld();
    });
    after(async () => {
      await world.stop();
    });

    it('passes with exactly these', async () => {
      const yaml = withClusterConnection(article);
      assert.equal(yaml.match(/kubernetesServiceConnection: /g)?.length, 4, 'three tasks and the deployment step');
      const run = await world.pipeline(yaml);
      assert.equal(run.result, 'Succeeded', logOf(run));
    });

    it('is turned round and taken away with exactly these', async () => {
      const run = await world.pipeline(more);
      assert.equal(run.result, 'Succeeded', logOf(run));
    });
  });
});
