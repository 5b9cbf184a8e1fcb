import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import type { KubeObject } from '../../sandbox/contracts.ts';
import { ensureAbsent, ensureObjects } from '../support/cluster-state.ts';
import { deployDemo } from '../support/demo.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';

const cluster = { azureSubscription: 'azure-conn', resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001' };
const inputs = { ...cluster, workloads: 'deployment/aks-helloworld' };
const SELECTOR = 'aks-p-we-001-agentpool-selector';

function text({ log }: TaskRun): string {
  return log.join('\n');
}

async function ofKind({ sandbox }: World, kind: string): Promise<readonly KubeObject[]> {
  return (await sandbox.clusters[0]!.dump()).filter((each) => each.kind === kind);
}

async function templateLabels(world: World): Promise<Readonly<Record<string, string>>> {
  const demo = (await ofKind(world, 'Deployment')).find(({ metadata }) => metadata.name === 'aks-helloworld')!;
  return (demo['spec'] as { template: { metadata: { labels: Record<string, string> } } }).template.metadata.labels;
}

/** A workload with a pod on each of the two nodes. */
const daemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'log-reader', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'log-reader' } },
    template: {
      metadata: { labels: { app: 'log-reader' } },
      spec: { containers: [{ name: 'reader', image: 'docker.io/library/nginx:1.29-alpine' }] },
    },
  },
};

const cronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: {
    name: 'report',
    namespace: 'default',
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:batch/CronJob:default/report' },
  },
  spec: {
    schedule: '0 3 * * *',
    jobTemplate: {
      spec: {
        template: {
          metadata: { labels: { app: 'report' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'report', image: 'docker.io/library/busybox:1.37' }] },
        },
      },
    },
  },
};

describe('PodIdentityBind@1', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(async () => {
    await world.stop();
  });

  it('says to install AAD Pod Identity first, and writes nothing', async () => {
    const run = await world.run('PodIdentityBind', cluster);
    assert.match(text(run), /\[POD006\].*has no AAD Pod Identity/);
    assert.match(text(run), /PodIdentityInstall/);
    assert.deepEqual(world.writes(), []);
  });

  describe('with AAD Pod Identity and the demo application', () => {
    before(async () => {
      for (const task of ['AksRoleGrants', 'PodIdentityInstall'])
        assert.equal((await world.run(task, cluster)).result, 'Succeeded');
      await deployDemo(world);
    });
    beforeEach(() => {
      world.sandbox.requests.clear();
    });

    it('reports all workloads that do not exist together, before any write', async () => {
      const run = await world.run('PodIdentityBind', { ...cluster, workloads: 'deployment/nope\nds/neither' });
      assert.match(text(run), /\[KUB015\] 2 workloads not found.*deployment\/nope, daemonset\/neither/);
      assert.deepEqual(world.writes(), []);
    });

    it('reports every wrong input before the first request', async () => {
      const run = await world.run('PodIdentityBind', {
        ...cluster,
        workloads: 'job/x',
        selector: 'no good',
        namespace: 'A',
      });
      assert.match(text(run), /3 problems with the inputs/);
      assert.deepEqual(world.sandbox.requests.all(), []);
    });

    it('labels a DaemonSet, rolls it out on every node and takes the label back', async () => {
      await ensureObjects(world, [daemonSet]);
      const own = { ...cluster, workloads: 'ds/log-reader' };
      const bound = await world.run('PodIdentityBind', own);
      assert.equal(bound.result, 'Succeeded', text(bound));
      assert.match(text(bound), /created {2}label {2}aadpodidbinding=\S+ on the pod template of daemonset\/log-reader/);
      assert.match(text(bound), /the roll-out of DaemonSet log-reader in namespace default: 2 of 2 nodes ready/);
      assert.match(text(bound), /: 2 of 2 pods assigned/);
      const pods = (await ofKind(world, 'Pod')).filter(({ metadata }) => metadata.labels?.['app'] === 'log-reader');
      assert.deepEqual(
        pods.map(({ metadata }) => metadata.labels?.['aadpodidbinding']),
        [SELECTOR, SELECTOR],
      );
      const removed = await world.run('PodIdentityBind', { ...own, action: 'remove' });
      assert.equal(removed.result, 'Succeeded', text(removed));
      // MIC lets go in its own time; the test's time limit ends a wait that is in vain.
      while ((await ofKind(world, 'AzureAssignedIdentity')).length > 0) await sleep(50);
    });

    it('labels the pods that a CronJob will make, and warns where Argo CD would take the label away', async () => {
      await ensureObjects(world, [cronJob]);
      const own = { ...cluster, workloads: 'cronjob/report' };
      const bound = await world.run('PodIdentityBind', own);
      assert.equal(bound.result, 'Succeeded', text(bound));
      assert.match(text(bound), /created {2}label {2}aadpodidbinding=\S+ on the pod template of cronjob\/report/);
      assert.match(text(bound), /\[POD016\] Argo CD manages the CronJob report/);
      assert.match(text(bound), /its next run takes the change/);
      assert.equal((await world.run('PodIdentityBind', own)).outputVariables['changeCount'], '0');
      const removed = await world.run('PodIdentityBind', { ...own, action: 'remove' });
      assert.equal(removed.result, 'Succeeded', text(removed));
    });

    it('refuses the name of an AzureIdentity that is a service principal, before any write', async () => {
      const principal = {
        apiVersion: 'aadpodidentity.k8s.io/v1',
        kind: 'AzureIdentity',
        metadata: { name: 'robot', namespace: 'default' },
        spec: { type: 1, tenantID: 'contoso', clientID: 'robot' },
      };
      await ensureObjects(world, [principal]);
      try {
        world.sandbox.requests.clear();
        const run = await world.run('PodIdentityBind', { ...inputs, azureIdentityName: 'robot' });
        assert.match(
          text(run),
          /\[POD030\].*robot in namespace default is of type 1: a service principal with a secret/,
        );
        assert.deepEqual(world.writes(), []);
      } finally {
        await ensureAbsent(world, [principal]);
      }
    });

    it('makes identity, binding and label, and waits until MIC assigned the identity', async () => {
      const run = await world.run('PodIdentityBind', inputs);
      assert.equal(run.result, 'Succeeded', text(run));
      assert.deepEqual(
        { ...run.outputVariables },
        {
          azureIdentityName: 'aks-p-we-001-agentpool',
          bindingName: 'aks-p-we-001-agentpool-binding',
          selector: SELECTOR,
          changeCount: '3',
        },
      );
      const labels = await templateLabels(world);
      assert.equal(labels['aadpodidbinding'], SELECTOR);
      assert.equal(labels['app'], 'aks-helloworld', 'the labels of the application stay');
      const assigned = await ofKind(world, 'AzureAssignedIdentity');
      assert.deepEqual(
        assigned.map((each) => (each['status'] as { status: string }).status),
        ['Assigned'],
      );
    });

    it('does nothing the second time', async () => {
      const again = await world.run('PodIdentityBind', inputs);
      assert.equal(again.outputVariables['changeCount'], '0', text(again));
      assert.deepEqual(world.writes(), []);
    });

    it('refuses a selector that another identity of the namespace has', async () => {
      const other = { ...cluster, identity: '_rg-infra-p-we-001/id-aks-helloworld', selector: SELECTOR };
      const run = await world.run('PodIdentityBind', other);
      assert.match(text(run), /\[POD007\].*binds the selector/);
      assert.deepEqual(world.writes(), []);
    });

    it('keeps the installation from being removed, unless that is forced', async () => {
      const run = await world.run('PodIdentityInstall', { ...cluster, action: 'remove' });
      assert.match(text(run), /\[POD005\] 2 objects still use/);
      assert.deepEqual(world.writes(), []);
    });

    it('takes away label, binding and identity', async () => {
      const run = await world.run('PodIdentityBind', { ...inputs, action: 'remove' });
      assert.equal(run.result, 'Succeeded', text(run));
      assert.equal((await templateLabels(world))['aadpodidbinding'], undefined);
      assert.deepEqual(
        [...(await ofKind(world, 'AzureIdentity')), ...(await ofKind(world, 'AzureIdentityBinding'))],
        [],
      );
      const again = await world.run('PodIdentityBind', { ...inputs, action: 'remove' });
      assert.equal(again.outputVariables['changeCount'], '0', text(again));
    });

    it('labels running pods and warns that the label is lost with them', async () => {
      const run = await world.run('PodIdentityBind', { ...cluster, pods: 'app=aks-helloworld' });
      assert.equal(run.result, 'Succeeded', text(run));
      assert.ok(run.issues.some(({ message }) => message.includes('[POD010]')));
      const labelled = (await ofKind(world, 'Pod')).filter(({ metadata }) => metadata.labels?.['aadpodidbinding']);
      assert.equal(labelled.length, 1);
      assert.equal((await templateLabels(world))['aadpodidbinding'], undefined);
    });

    it('is taken down together with the installation where that is forced', async () => {
      const run = await world.run('PodIdentityInstall', { ...cluster, action: 'remove', force: 'true' });
      assert.equal(run.result, 'Succeeded', text(run));
      const left = (await world.sandbox.clusters[0]!.dump()).filter(
        ({ kind, metadata }) => /^Azure|CustomResource/.test(kind) || /^(mic|nmi|aad-pod-id)/.test(metadata.name),
      );
      assert.deepEqual(
        left.filter(({ kind }) => kind !== 'Event'),
        [],
      );
    });
  });
});
