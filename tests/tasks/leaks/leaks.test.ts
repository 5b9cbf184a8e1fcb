import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import type { TaskRun } from '../../../sandbox/agent/index.ts';
import { credentialCollector, placesOf, secretsOf } from '../../support/collect.ts';
import { deployDemo } from '../../support/demo.ts';
import type { KnownSecret } from '../../support/leaks.ts';
import { findLeaks, formsOf } from '../../support/leaks.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

const cluster = { azureSubscription: 'azure-conn', resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001' };
const workload = 'deployment/aks-helloworld';
const proof = { ...cluster, namespace: 'default', workload, keyVault: 'kvpwe001', secretName: 'password' };

/** The article's steps; then the same proof refused, since errors are where secrets slip out. */
const runs: readonly [string, Readonly<Record<string, string>>][] = [
  ['AksRoleGrants', cluster],
  ['AksRoleGrants', { ...cluster, azureSubscription: 'azure-conn-federated', action: 'preview' }],
  ['AksRoleGrants', { ...cluster, azureSubscription: 'azure-conn-certificate', action: 'preview' }],
  ['PodIdentityInstall', cluster],
  ['KeyVaultGrant', { ...cluster, keyVault: 'kvpwe001' }],
  ['PodIdentityBind', { ...cluster, namespace: 'default', workloads: workload }],
  ['PodSecretCheck', proof],
  ['PodSecretCheck', { ...proof, kubernetesServiceConnection: 'cluster-conn' }],
  ['PodSecretCheck', { ...proof, expectedSha256: '0'.repeat(64) }],
  ['PodSecretCheck', { ...proof, secretName: 'retired' }],
  ['PodSecretCheck', { ...proof, probe: 'ephemeralContainer' }],
  ['PodSecretCheck', { ...proof, probe: 'ephemeralContainer', secretName: 'retired' }],
  ['PodSecretCheck', { ...proof, pods: 'all', retry: 'true', junitFile: 'pods.xml' }],
  ['PodSecretCheck', { ...proof, keyVault: 'kvpwe002', timeoutInMinutes: '1' }],
];

describe('no secret leaves the place where it belongs', function () {
  this.timeout(240_000);
  let world: World;
  let workFolder: string;
  const collector = credentialCollector();
  const found: TaskRun[] = [];

  before(async () => {
    world = await startWorld({ intercept: collector.intercept });
    workFolder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-leaks-'));
    for (const [index, [task, inputs]] of runs.entries()) {
      if (task === 'PodIdentityBind') await deployDemo(world);
      const folder = path.join(workFolder, String(index));
      const variables = [{ name: 'system.debug', value: 'true' }];
      found.push(await world.run(task, inputs, { workFolder: folder, keepTemp: true, variables }));
    }
  });
  after(async () => {
    await world.stop();
    rmSync(workFolder, { recursive: true, force: true });
  });

  const known = (): readonly KnownSecret[] => [...secretsOf(world.sandbox), ...collector.seen()];

  it('knows what to look for', () => {
    const names = known().map(({ name }) => name);
    for (const name of [
      'password of kvpwe001',
      'client_secret',
      'client_assertion',
      'bearer token sent to resourceManager',
    ]) {
      assert.ok(names.includes(name), `${name} is not among ${[...new Set(names)].join(', ')}`);
    }
    assert.ok(
      names.some((name) => name.startsWith('bearer token sent to keyVault')),
      'the token of the pod',
    );
    assert.ok(names.includes('bearer token sent to cluster:aks-p-we-001'), 'the token of the service account');
    assert.ok(names.includes('key of aks-p-we-001'), 'the key of the kubeconfig');
    assert.ok(names.includes("key of the connection's certificate"));
  });

  for (const [index, [task]] of runs.entries()) {
    it(`finds none after ${task} (run ${String(index + 1)})`, () => {
      const run = found[index]!;
      const leaks = findLeaks(
        known(),
        placesOf(run, path.join(workFolder, String(index)), world.sandbox.requests.all()),
      );
      assert.deepEqual([...new Set(leaks)], [], run.log.join('\n'));
    });
  }

  it('finds none in what the ephemeral containers left: their pods and their logs', async () => {
    const config = new KubeConfig();
    config.loadFromFile(world.sandbox.connection.kubeconfig);
    const api = config.makeApiClient(CoreV1Api);
    const { items } = await api.listNamespacedPod({ namespace: 'default', labelSelector: 'app=aks-helloworld' });
    const places = [{ name: 'pods', content: JSON.stringify(items) }];
    for (const { metadata, spec } of items) {
      for (const { name: container } of spec?.ephemeralContainers ?? []) {
        const content = await api.readNamespacedPodLog({ name: metadata!.name!, namespace: 'default', container });
        assert.match(content, /^kp1 end 0$/m);
        places.push({ name: `log of ${container}`, content });
      }
    }
    assert.equal(places.length, 3);
    assert.deepEqual(findLeaks(known(), places), []);
  });

  describe('finds a canary that was planted', () => {
    const canary = { name: 'canary', value: 'c4n"ary/ +ä=value' };
    const plant: Readonly<Record<string, (run: TaskRun, text: string) => TaskRun>> = {
      'stdout and stderr': (run, text) => ({ ...run, rawOutput: [...run.rawOutput, `before ${text} after`] }),
      issues: (run, text) => ({ ...run, issues: [{ type: 'error', message: text, properties: {} }] }),
      'output variables': (run, text) => ({ ...run, outputVariables: { ...run.outputVariables, outcome: text } }),
      'process arguments': (run, text) => ({ ...run, arguments: [...run.arguments, text] }),
      attachment: (run, text) => ({
        ...run,
        attachments: [{ type: 't', name: 'n', path: 'p', content: Buffer.from(text) }],
      }),
    };
    for (const { form, text } of formsOf(canary.value)) {
      for (const [place, planted] of Object.entries(plant)) {
        it(`${form} in ${place}`, () => {
          const run = found[0]!;
          const places = placesOf(planted(run, text), path.join(workFolder, '0'), []);
          assert.equal(findLeaks([canary], placesOf(run, path.join(workFolder, '0'), [])).length, 0);
          assert.ok(findLeaks([canary], places).some((leak) => leak.startsWith(`canary (${form}) in ${place}`)));
        });
      }

      it(`${form} in a file under the agent's folder`, () => {
        const file = path.join(workFolder, '0', '_temp', 'planted.txt');
        writeFileSync(file, Buffer.from(text, 'utf8'));
        const leaks = findLeaks([canary], placesOf(found[0]!, path.join(workFolder, '0'), []));
        rmSync(file);
        assert.ok(leaks.includes(`canary (${form}) in file _temp${path.sep}planted.txt`), leaks.join(', '));
      });

      it(`${form} in the request log of a server`, () => {
        const [record] = world.sandbox.requests.all();
        const leaks = findLeaks(
          [canary],
          placesOf(found[0]!, path.join(workFolder, '0'), [{ ...record!, path: `/x?y=${text}` }]),
        );
        assert.ok(
          leaks.some((leak) => leak.startsWith(`canary (${form}) in request log`)),
          leaks.join(', '),
        );
      });
    }
  });
});
