import assert from 'node:assert/strict';
import type { ProofFact } from '../../../src/checks/facts.ts';
import type { EphemeralRequest } from '../../../src/checks/gather/ephemeral-container.ts';
import { runInEphemeralContainer } from '../../../src/checks/gather/ephemeral-container.ts';
import type { Probing } from '../../../src/checks/gather/probe.ts';
import { askPod, isExhausted } from '../../../src/checks/gather/probe.ts';
import { proofScript } from '../../../src/checks/gather/proof-script/index.ts';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../../src/kube/cluster.ts';
import { KubeRefusal } from '../../../src/kube/refusal.ts';

const good =
  'kp1 tool curl\nkp1 token.status 200\nkp1 token.path nmi\nkp1 vault.status 200\nkp1 secret.found yes\n' +
  'kp1 secret.version 0123456789abcdef0123456789abcdef\nkp1 end 0\n';

interface Patch {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec: { readonly ephemeralContainers: readonly Container[] };
}

interface Container {
  readonly name: string;
  readonly command?: readonly string[];
}

interface World {
  readonly cluster: KubeCluster;
  readonly patches: Patch[];
  readonly slept: number[];
  readonly request: EphemeralRequest;
}

/** One pod with a debug container of somebody else. `states`: what its next container is in at each look. */
function worldOf(states: readonly object[], conflicts = 0, stdout = good): World {
  const [patches, slept]: [Patch[], number[]] = [[], []];
  let [looks, version, added] = [0, 1, ''];
  const debug = { name: 'debug', image: 'busybox:1' };
  const cluster = {
    list: () => {
      const state = states[Math.min(added === '' ? 0 : looks++, states.length - 1)];
      const statuses = added === '' ? [] : [{ name: added, state }];
      const status = { ephemeralContainerStatuses: statuses };
      const metadata = { name: 'web-1', resourceVersion: String(version) };
      return Promise.resolve([{ metadata, spec: { ephemeralContainers: [debug] }, status }]);
    },
    mergePatch: (_kind: unknown, _name: unknown, patch: Patch) => {
      patches.push(patch);
      if (patches.length <= conflicts) {
        version += 1;
        const cause = new KubeRefusal({ code: 409, reason: 'Conflict', message: 'modified', causes: [] });
        return Promise.reject(new DiagnosticError('KUB006', { message: 'conflict' }, { cause }));
      }
      added = patch.spec.ephemeralContainers.at(-1)!.name;
      return Promise.resolve();
    },
    logs: () => Promise.resolve(stdout),
    exec: () => Promise.resolve({ stdout: '', stderr: '', exitCode: undefined, failure: 'executable file not found' }),
  } as unknown as KubeCluster;
  const request: EphemeralRequest = {
    question: {
      namespace: 'default',
      vaultHost: 'kv.vault.azure.net',
      vaultAudience: 'https://vault.azure.net',
      secretName: 'password',
      secretVersion: undefined,
    },
    pod: { found: true, name: 'web-1', node: 'n', container: 'web', hostNetwork: false, bindingLabel: 'web' },
    clientId: undefined,
    expectedSha256: undefined,
    patience: 60_000,
    image: 'registry.example/curl:1',
    sleep: (milliseconds) => Promise.resolve(void slept.push(milliseconds)),
  };
  return { cluster, patches, slept, request };
}

const ended = { terminated: { exitCode: 0 } };
const run = ({ cluster, request }: World): Promise<ProofFact> =>
  runInEphemeralContainer(cluster, request, new AbortController().signal);

describe('the ephemeral container', () => {
  it('joins those that are there, for the version of the pod that was seen', async () => {
    const world = worldOf([{ waiting: { reason: 'ContainerCreating' } }, { running: {} }, ended]);
    const proof = await run(world);
    assert.equal(proof.state, 'answered');
    assert.equal(world.slept.length, 2);
    const [{ metadata, spec }] = world.patches as [Patch];
    assert.equal(metadata.resourceVersion, '1');
    assert.deepEqual(spec.ephemeralContainers[0], { name: 'debug', image: 'busybox:1' });
    assert.match(spec.ephemeralContainers[1]?.name ?? '', /^keyless-pods-[0-9a-f]{8}$/);
  });

  it('is added again where the pod changed meanwhile, but not for ever', async () => {
    const world = worldOf([ended], 2);
    assert.equal((await run(world)).state, 'answered');
    assert.deepEqual(
      world.patches.map(({ metadata }) => metadata.resourceVersion),
      ['1', '2', '3'],
    );
    const always = worldOf([ended], 99);
    assert.equal((await run(always)).state, 'notAdded');
    assert.equal(always.patches.length, 5);
  });

  it('gets the script as it is, once the kubelet has replaced what it replaces', async () => {
    const world = worldOf([ended]);
    await run(world);
    const command = world.patches[0]!.spec.ephemeralContainers[1]!.command!;
    const expanded = command.map((word) =>
      word.replaceAll(/\$\$|\$\([-._a-zA-Z0-9]+\)/g, (all) => (all === '$$' ? '$' : '')),
    );
    assert.deepEqual(expanded.slice(0, 4), ['sh', '-c', proofScript, 'sh']);
    assert.notEqual(command[2], proofScript);
  });

  for (const reason of ['ErrImagePull', 'ImagePullBackOff', 'CreateContainerConfigError'])
    it(`is given up at ${reason}`, async () => {
      const world = worldOf([{ waiting: { reason, message: 'no such image' } }]);
      const proof = await run(world);
      assert.equal(proof.state, 'notEnded');
      assert.equal(proof.said, `${reason}: no such image`);
      assert.deepEqual(world.slept, []);
    });

  it('is given up when its time is over', async () => {
    const world = worldOf([{ running: {} }]);
    assert.equal((await run(world)).state, 'notEnded');
    assert.equal(world.slept.length, 150);
  });

  it('is believed only where its answer is complete', async () => {
    assert.equal((await run(worldOf([ended], 0, good.replace('kp1 end 0\n', '')))).state, 'broken');
  });

  it('is not added a fourth time', async () => {
    const world = worldOf([ended]);
    const notes: string[] = [];
    const { sleep } = world.request;
    const probing: Probing = { sleep, note: (text) => void notes.push(text), added: new Map() };
    const ask = { ...world.request, probe: 'auto', probing } as const;
    for (const exhausted of [false, false, true]) {
      assert.equal((await askPod(world.cluster, ask, new AbortController().signal)).state, 'answered');
      assert.equal(isExhausted(probing, 'web-1'), exhausted);
    }
    assert.equal(notes.length, 1);
  });
});
