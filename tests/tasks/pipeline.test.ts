import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PipelineRun, StepRun } from '../../sandbox/pipeline/index.ts';
import type { Change, Snapshot } from '../../scripts/start/changes.ts';
import { changesBetween, takeSnapshot } from '../../scripts/start/changes.ts';
import type { World } from '../support/world.ts';
import { examples, startWorld } from '../support/world.ts';

const article = readFileSync(path.join(examples, 'article.yml'), 'utf8');

function steps({ jobs }: PipelineRun): readonly StepRun[] {
  return jobs.flatMap((job) => job.steps);
}

function logOf(run: PipelineRun): string {
  return steps(run)
    .flatMap((each) => each.run?.log ?? [])
    .join('\n');
}

function changeCounts(run: PipelineRun): Record<string, string> {
  const counted = steps(run).flatMap(({ step, run: task }): [string, string][] => {
    const count = task?.outputVariables['changeCount'];
    return step.kind === 'task' && count !== undefined && step.definition.name !== 'PodSecretCheck'
      ? [[step.definition.name, count]]
      : [];
  });
  return Object.fromEntries(counted);
}

function rows(changes: readonly Change[]): string[] {
  return changes.map(({ sign, place, kind, what }) => `${sign} ${place} ${kind} ${what}`).sort();
}

/** What the article's pipeline makes, and nothing else. MIC adds its own: the assigned identity, its leader lock and its upgrade record. */
const expected = [
  '+ Azure access policy kvpwe001 for aks-p-we-001-AgentPool',
  '+ Azure role assignment Managed Identity Operator for aks-p-we-001-AgentPool at aks-p-we-001-AgentPool',
  ...[
    'AzureIdentity default/aks-p-we-001-agentpool',
    'AzureIdentityBinding default/aks-p-we-001-agentpool-binding',
    'AzurePodIdentityException default/mic-exception',
    'AzurePodIdentityException kube-system/aks-addon-exception',
    'ClusterRole aad-pod-id-mic-role',
    'ClusterRole aad-pod-id-nmi-role',
    'ClusterRoleBinding aad-pod-id-mic-binding',
    'ClusterRoleBinding aad-pod-id-nmi-binding',
    'ConfigMap default/aad-pod-identity-config',
    'CustomResourceDefinition azureassignedidentities.aadpodidentity.k8s.io',
    'CustomResourceDefinition azureidentities.aadpodidentity.k8s.io',
    'CustomResourceDefinition azureidentitybindings.aadpodidentity.k8s.io',
    'CustomResourceDefinition azurepodidentityexceptions.aadpodidentity.k8s.io',
    'DaemonSet default/nmi',
    'Deployment default/aks-helloworld',
    'Deployment default/mic',
    'Service default/aks-helloworld',
    'ServiceAccount default/aad-pod-id-mic-service-account',
    'ServiceAccount default/aad-pod-id-nmi-service-account',
  ].map((what) => `+ aks-p-we-001 ${what}`),
].sort();

const cluster = `
    azureSubscription: azure-conn
    resourceGroup: _rg-aks-p-we-001
    clusterName: aks-p-we-001`;

/** The article's steps turned round, last first. */
const removal = `
steps:
- task: PodIdentityBind@1
  inputs:${cluster}
    action: remove
    namespace: default
    workloads: deployment/aks-helloworld
- task: KeyVaultGrant@1
  inputs:${cluster}
    action: remove
    keyVault: kvpwe001
- task: PodIdentityInstall@1
  inputs:${cluster}
    action: remove
- task: AksRoleGrants@1
  inputs:${cluster}
    action: remove
`;

describe("the article's pipeline", function () {
  this.timeout(180_000);

  for (const host of ['build', 'release'] as const) {
    describe(`run by a ${host}`, () => {
      let world: World;
      let untouched: Snapshot;
      before(async () => {
        world = await startWorld();
        untouched = await takeSnapshot(world.sandbox);
      });
      after(async () => {
        await world.stop();
      });

      it('makes exactly what it says, in Azure and in the cluster', async () => {
        const run = await world.pipeline(article, { host });
        assert.equal(run.result, 'Succeeded', logOf(run));
        const changes = rows(changesBetween(untouched, await takeSnapshot(world.sandbox)));
        const own = changes.filter((row) => !row.includes('AzureAssignedIdentity default/'));
        assert.deepEqual(own, expected);
        assert.equal(changes.length - own.length, 1, 'one pod, one assigned identity');
        assert.deepEqual(changeCounts(run), {
          AksRoleGrants: '1',
          PodIdentityInstall: '14',
          KeyVaultGrant: '1',
          PodIdentityBind: '3',
        });
      });

      it('proves that the pod reads the secret by way of NMI', async () => {
        const log = logOf(await world.pipeline(article, { host }));
        assert.match(log, /the pod gets a token through NMI: NMI answered/);
        assert.match(log, /the secret password can be read: version [0-9a-f]{32}; its value stayed in the pod/);
      });

      it('writes nothing the second time', async () => {
        const before = await takeSnapshot(world.sandbox);
        world.sandbox.requests.clear();
        const run = await world.pipeline(article, { host });
        assert.equal(run.result, 'Succeeded', logOf(run));
        assert.deepEqual(changeCounts(run), {
          AksRoleGrants: '0',
          PodIdentityInstall: '0',
          KeyVaultGrant: '0',
          PodIdentityBind: '0',
        });
        assert.deepEqual(
          world.writes().map(({ method, server, path: where }) => `${method} ${server} ${where}`),
          [],
        );
        assert.deepEqual(rows(changesBetween(before, await takeSnapshot(world.sandbox))), []);
      });

      it('is taken back without touching what others made', async () => {
        const run = await world.pipeline(removal, { host });
        assert.equal(run.result, 'Succeeded', logOf(run));
        const left = rows(changesBetween(untouched, await takeSnapshot(world.sandbox)));
        // The demo application is the user's own; the config map is MIC's record, which the upstream uninstall leaves, too.
        assert.deepEqual(
          left.filter((row) => !/aks-helloworld$|aad-pod-identity-config$/.test(row)),
          [],
        );
      });
    });
  }
});
