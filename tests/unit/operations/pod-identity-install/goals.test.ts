import assert from 'node:assert/strict';
import { DiagnosticError } from '../../../../src/diagnostics/diagnostic.ts';
import type { AksCluster } from '../../../../src/azure/aks-cluster.ts';
import { installation, keyOf } from '../../../../src/operations/pod-identity-install/goals.ts';
import { requireInstallable, requirePrivileged } from '../../../../src/operations/pod-identity-install/guards.ts';
import type { ManifestOptions } from '../../../../src/operations/pod-identity-install/manifests/manifest.ts';
import { parseToleration } from '../../../../src/operations/pod-identity-install/manifests/toleration.ts';
import { requireUnused } from '../../../../src/operations/pod-identity-install/usage.ts';
import { kinds } from '../../../../src/kube/kinds.ts';
import { aCluster } from '../../../support/azure.ts';

const options: ManifestOptions = {
  version: '1.8.17',
  installMode: 'standard',
  namespace: 'default',
  namespaced: false,
  allowKubenet: false,
  tolerations: [],
};

function argsOf(overrides: Partial<ManifestOptions>): {
  readonly mic: readonly string[];
  readonly nmi: readonly string[];
} {
  const found = installation({ ...options, ...overrides }).map(({ manifest }) => manifest.object as object);
  const args = (kind: string): readonly string[] => {
    const workload = found.find((each) => 'kind' in each && each.kind === kind) as unknown as {
      spec: { template: { spec: { containers: [{ args: string[] }] } } };
    };
    return workload.spec.template.spec.containers[0].args;
  };
  return { mic: args('Deployment'), nmi: args('DaemonSet') };
}

function refusedWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof DiagnosticError && error.diagnostic.code === code;
}

describe('The installation of AAD Pod Identity', () => {
  it('has the objects of the release and the two exceptions', () => {
    const kindsOf = installation(options).map(
      ({ manifest }) => `${manifest.kind.kind} ${manifest.object.metadata.name}`,
    );
    assert.deepEqual(kindsOf.sort(), [
      'AzurePodIdentityException aks-addon-exception',
      'AzurePodIdentityException mic-exception',
      'ClusterRole aad-pod-id-mic-role',
      'ClusterRole aad-pod-id-nmi-role',
      'ClusterRoleBinding aad-pod-id-mic-binding',
      'ClusterRoleBinding aad-pod-id-nmi-binding',
      'CustomResourceDefinition azureassignedidentities.aadpodidentity.k8s.io',
      'CustomResourceDefinition azureidentities.aadpodidentity.k8s.io',
      'CustomResourceDefinition azureidentitybindings.aadpodidentity.k8s.io',
      'CustomResourceDefinition azurepodidentityexceptions.aadpodidentity.k8s.io',
      'DaemonSet nmi',
      'Deployment mic',
      'ServiceAccount aad-pod-id-mic-service-account',
      'ServiceAccount aad-pod-id-nmi-service-account',
    ]);
  });

  it('brings the exceptions before NMI, which would otherwise catch the token requests of MIC', () => {
    const parts = installation(options);
    const nmi = parts.find(({ manifest }) => manifest.kind === kinds.daemonSet)!;
    const exceptions = parts.filter(({ manifest }) => manifest.kind === kinds.azurePodIdentityException);
    assert.equal(exceptions.length, 2);
    for (const { manifest } of exceptions) assert.ok(nmi.after.includes(keyOf(manifest)));
  });

  it('needs nothing that comes after itself', () => {
    const done = new Set<string>();
    for (const { manifest, after } of installation(options)) {
      for (const key of after) assert.ok(done.has(key), `${manifest.object.metadata.name} needs ${key}`);
      done.add(keyOf(manifest));
    }
  });

  it('tells MIC and NMI the namespace where it is not the one that they assume', () => {
    const { mic, nmi } = argsOf({ namespace: 'pod-identity' });
    assert.ok(mic.includes('--leader-election-namespace=pod-identity'));
    assert.ok(nmi.includes('--MICNamespace=pod-identity'));
    assert.ok(!argsOf({}).mic.some((arg) => arg.includes('namespace')));
  });

  it('lets NMI run on kubenet only where the user accepted it', () => {
    const flag = '--allow-network-plugin-kubenet=true';
    assert.ok(argsOf({ allowKubenet: true }).nmi.includes(flag));
    assert.ok(!argsOf({}).nmi.includes(flag));
  });
});

describe('The installation in another way', () => {
  interface PodSpec {
    readonly containers: readonly { readonly image: string; readonly args: readonly string[] }[];
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly tolerations?: readonly object[];
  }
  const podsOf = (overrides: Partial<ManifestOptions>): readonly PodSpec[] =>
    installation({ ...options, ...overrides })
      .map(({ manifest }) => manifest.object as unknown as { spec?: { template?: { spec: PodSpec } } })
      .flatMap(({ spec }) => (spec?.template ? [spec.template.spec] : []));
  const labels = (overrides: Partial<ManifestOptions>): readonly unknown[] =>
    installation({ ...options, ...overrides }).map(
      ({ manifest }) => manifest.object.metadata.labels?.['app.kubernetes.io/version'],
    );

  it('takes the images of the wanted release from the wanted registry, and says which release it is', () => {
    const images = podsOf({ version: '1.8.4', imageRegistry: 'registry.example.com/mirror' }).map(
      ({ containers }) => containers[0]!.image,
    );
    assert.deepEqual(images, [
      'registry.example.com/mirror/oss/azure/aad-pod-identity/mic:v1.8.4',
      'registry.example.com/mirror/oss/azure/aad-pod-identity/nmi:v1.8.4',
    ]);
    assert.deepEqual([...new Set(labels({ version: '1.8.4' }))], ['v1.8.4']);
  });

  it('pulls with a secret, and lets MIC (NMI runs everywhere anyway) tolerate taints', () => {
    const tolerations = [
      { key: 'CriticalAddonsOnly', operator: 'Equal', value: 'true', effect: 'NoSchedule' },
    ] as const;
    const [mic, nmi] = podsOf({ imagePullSecret: 'registry', tolerations });
    for (const pod of [mic, nmi]) assert.deepEqual(pod?.imagePullSecrets, [{ name: 'registry' }]);
    assert.deepEqual(mic?.tolerations, tolerations);
    assert.deepEqual(nmi?.tolerations, [{ operator: 'Exists' }]);
  });

  it('tells both programs that bindings hold in their own namespace only', () => {
    const { mic, nmi } = argsOf({ namespaced: true });
    assert.ok(mic.includes('--forceNamespaced=true'));
    assert.ok(nmi.includes('--forceNamespaced=true'));
  });

  const taints: readonly (readonly [string, object | undefined])[] = [
    [
      'CriticalAddonsOnly=true:NoSchedule',
      { key: 'CriticalAddonsOnly', operator: 'Equal', value: 'true', effect: 'NoSchedule' },
    ],
    ['example.com/team:NoExecute', { key: 'example.com/team', operator: 'Exists', effect: 'NoExecute' }],
    ['spot', { key: 'spot', operator: 'Exists' }],
    ['spot=', { key: 'spot', operator: 'Equal', value: '' }],
    ['spot:Never', undefined],
    ['=true:NoSchedule', undefined],
    ['a b', undefined],
  ];
  for (const [text, toleration] of taints)
    it(`${toleration ? 'reads' : 'does not take'} the taint ${text}`, () => {
      assert.deepEqual(parseToleration(text), toleration);
    });
});

describe('A cluster for AAD Pod Identity', () => {
  const inputs = (allowKubenet: boolean) => ({ allowKubenet, installMode: 'standard' }) as const;
  const refusals: readonly (readonly [string, Partial<AksCluster>, string])[] = [
    ['without Kubernetes RBAC', { rbac: false }, 'AKS001'],
    ['without a managed identity', { kubeletIdentity: undefined }, 'AKS002'],
    ['with a locked node resource group', { nodeGroupLocked: true }, 'AKS003'],
    ['with kubenet', { networkPlugin: 'kubenet' }, 'POD002'],
    ['with the AKS add-on', { podIdentityAddon: true }, 'POD004'],
  ];
  for (const [what, overrides, code] of refusals)
    it(`is refused ${what} (${code})`, () => {
      assert.throws(() => {
        requireInstallable(aCluster(overrides), inputs(false));
      }, refusedWith(code));
    });

  it('may have a locked node resource group in managed mode, which changes no scale set', () => {
    requireInstallable(aCluster({ nodeGroupLocked: true }), { allowKubenet: false, installMode: 'managed' });
  });

  it('may have kubenet where the user accepted it', () => {
    requireInstallable(aCluster({ networkPlugin: 'kubenet' }), inputs(true));
  });
});

describe('A namespace for NMI', () => {
  const namespace = (level: string): Parameters<typeof requirePrivileged>[0] => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'web', labels: { 'pod-security.kubernetes.io/enforce': level } },
  });

  for (const level of ['baseline', 'restricted'])
    it(`is refused at the Pod Security level ${level}`, () => {
      assert.throws(() => {
        requirePrivileged(namespace(level));
      }, refusedWith('POD003'));
    });

  it('may be privileged, unlabelled or not there yet', () => {
    requirePrivileged(namespace('privileged'));
    requirePrivileged({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web' } });
    requirePrivileged(undefined);
  });
});

describe('A removal', () => {
  const { apiVersion, kind } = kinds.azureIdentity;
  const dependents = [
    { kind: kinds.azureIdentity, object: { apiVersion, kind, metadata: { name: 'id', namespace: 'web' } } },
  ];

  it('is refused while identities exist, naming them, unless it is forced', () => {
    const usage = { dependents, assignments: [] };
    assert.throws(
      () => {
        requireUnused(usage, false);
      },
      (error) => refusedWith('POD005')(error) && (error as Error).message.includes('AzureIdentity web/id'),
    );
    requireUnused(usage, true);
    requireUnused({ dependents: [], assignments: [] }, false);
  });
});
