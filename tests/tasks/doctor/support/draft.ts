/** A chain that works, as a scenario that a test may spoil before it begins: only causes are written, never symptoms. */
import { completeScenario } from '../../../../sandbox/scenario/complete.ts';
import type {
  ClusterSpec,
  ResourceGroupSpec,
  Scenario,
  ScaleSetSpec,
  VaultSpec,
} from '../../../../sandbox/scenario/types.ts';
import { installation as installationOf } from '../../../../src/operations/pod-identity-install/goals.ts';
import type { ManifestOptions } from '../../../../src/operations/pod-identity-install/manifests/manifest.ts';
import { oneCluster } from '../../../support/one-cluster.ts';

type Mutable<Value> = { -readonly [Key in keyof Value]: Mutable<Value[Key]> };

/** An object of Kubernetes as YAML would say it. */
export interface DraftObject {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [field: string]: unknown;
}

/** A Deployment or a DaemonSet; `containers` has one. */
export interface DraftWorkload {
  readonly spec: {
    replicas?: number;
    readonly template: {
      readonly metadata: { readonly labels: { aadpodidbinding?: string } };
      readonly spec: {
        readonly containers: readonly [{ image: string; args: string[] }];
        hostNetwork?: boolean;
        nodeSelector: Readonly<Record<string, string>>;
      };
    };
  };
}

export const names = {
  namespace: 'default',
  identity: 'id-aks-helloworld',
  selector: 'web-selector',
  vault: 'kvpwe001',
  rbacVault: 'kvpwe002',
  nodeGroup: 'MC__rg-aks-p-we-001_aks-p-we-001_westeurope',
  infraGroup: '_rg-infra-p-we-001',
  kubelet: 'aks-p-we-001-AgentPool',
} as const;

export class Draft {
  readonly scenario: Mutable<Scenario>;

  constructor() {
    this.scenario = structuredClone(oneCluster()) as Mutable<Scenario>;
    this.#seeMore();
    this.objects.push(...installation(), ...this.#binding(), deployment('web', { aadpodidbinding: names.selector }));
    this.grant('Virtual Machine Contributor', names.kubelet, this.group(names.nodeGroup));
    this.grant('Managed Identity Operator', names.kubelet, this.identityId);
    this.vault.accessPolicies.push({ principal: names.identity, secrets: ['get'], keys: [], certificates: [] });
    this.grant('Key Vault Secrets User', names.identity, this.vaultId(names.rbacVault));
  }

  get identityId(): string {
    return `${this.group(names.infraGroup)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${names.identity}`;
  }

  get cluster(): Mutable<ClusterSpec> {
    return only(
      this.scenario.subscriptions.flatMap(({ resourceGroups }) => resourceGroups.flatMap(({ clusters }) => clusters)),
    );
  }

  get vault(): Mutable<VaultSpec> {
    return only(this.resourceGroup(names.infraGroup).vaults.filter(({ name }) => name === names.vault));
  }

  get rbacVault(): Mutable<VaultSpec> {
    return only(this.resourceGroup(names.infraGroup).vaults.filter(({ name }) => name === names.rbacVault));
  }

  get scaleSet(): Mutable<ScaleSetSpec> {
    return only(this.resourceGroup(names.nodeGroup).scaleSets);
  }

  get identity(): { name: string; clientId: string; principalId: string } {
    return only(this.resourceGroup(names.infraGroup).identities.filter(({ name }) => name === names.identity));
  }

  get subscription(): Mutable<Scenario['subscriptions'][number]> {
    return only(this.scenario.subscriptions.slice(0, 1));
  }

  resourceGroup(name: string): Mutable<ResourceGroupSpec> {
    return only(this.subscription.resourceGroups.filter((group) => group.name === name));
  }

  group(name: string): string {
    return `/subscriptions/${this.subscription.id}/resourceGroups/${name}`;
  }

  vaultId(name: string): string {
    return `${this.group(names.infraGroup)}/providers/Microsoft.KeyVault/vaults/${name}`;
  }

  grant(role: string, principal: string, scope: string): void {
    this.subscription.roleAssignments.push({
      role,
      principal,
      scope,
    } as Mutable<Scenario>['subscriptions'][number]['roleAssignments'][number]);
  }

  /** Takes every assignment of the role away from the principal. */
  revoke(role: string, principal: string): void {
    const { subscription } = this;
    subscription.roleAssignments = subscription.roleAssignments.filter(
      (each) => each.role !== role || each.principal !== principal,
    );
  }

  object(kind: string, name: string): DraftObject {
    return only(this.objects.filter((each) => each.kind === kind && each.metadata.name === name));
  }

  workload(kind: 'Deployment' | 'DaemonSet', name: string): DraftWorkload {
    return this.object(kind, name) as unknown as DraftWorkload;
  }

  drop(kind: string, name?: string): void {
    this.objects = this.objects.filter(
      (each) => each.kind !== kind || (name !== undefined && each.metadata.name !== name),
    );
  }

  add(...objects: readonly object[]): void {
    this.objects.push(...(objects as DraftObject[]));
  }

  /** Ready for `startSandbox`. */
  finished(): Scenario {
    return completeScenario(this.scenario);
  }

  get objects(): DraftObject[] {
    return this.cluster.objects as unknown as DraftObject[];
  }

  set objects(objects: DraftObject[]) {
    this.cluster.objects = objects as unknown as Mutable<ClusterSpec>['objects'];
  }

  /** The connection of the article plus what docs/permissions.md names for IdentityDoctor. */
  #seeMore(): void {
    const [role] = this.subscription.customRoles;
    role?.actions.push('Microsoft.Compute/virtualMachineScaleSets/read');
  }

  #binding(): DraftObject[] {
    const { clientId } = this.identity;
    const apiVersion = 'aadpodidentity.k8s.io/v1';
    const { namespace, selector, identity } = names;
    return [
      {
        apiVersion,
        kind: 'AzureIdentity',
        metadata: { name: identity, namespace },
        spec: { type: 0, resourceID: this.identityId, clientID: clientId },
      },
      {
        apiVersion,
        kind: 'AzureIdentityBinding',
        metadata: { name: `${identity}-binding`, namespace },
        spec: { azureIdentity: identity, selector },
      },
    ];
  }
}

/** What PodIdentityInstall makes, in its order. */
export function installation(options: Partial<ManifestOptions> = {}): DraftObject[] {
  const parts = installationOf({
    version: '1.8.17',
    installMode: 'standard',
    namespace: 'default',
    namespaced: false,
    allowKubenet: false,
    tolerations: [],
    ...options,
  });
  return structuredClone(parts.map(({ manifest }) => manifest.object)) as unknown as DraftObject[];
}

/** A Deployment whose image answers as the sandbox's demo image does. */
export function deployment(
  name: string,
  labels: Readonly<Record<string, string>> = {},
  spec: object = {},
): DraftObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: names.namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: { workload: name } },
      template: {
        metadata: { labels: { app: 'web', workload: name, ...labels } },
        spec: {
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          containers: [{ name: 'web', image: 'docker.io/library/nginx:1.29-alpine' }],
          ...spec,
        },
      },
    },
  };
}

function only<Item>(items: readonly Item[]): Item {
  const [item, ...more] = items;
  if (item === undefined || more.length > 0) throw new Error(`Expected one, found ${String(items.length)}.`);
  return item;
}
