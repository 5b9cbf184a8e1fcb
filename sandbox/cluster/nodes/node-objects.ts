/** The cluster's nodes as AKS registers them: labels, addresses, and the scale set instance they are. */
import { KubeStatusError, type ClusterClient, type ClusterPlacement, type KubeObject } from '../../contracts.ts';
import type { NodeSpec } from '../../scenario/types.ts';
import { timestamp } from '../controllers/objects.ts';
import { resources, type Node } from '../controllers/shapes.ts';

/** Where an API server that is a process of its own finds the kubelet of every node. */
export interface KubeletEndpoint {
  readonly host: string;
  readonly port: number;
}

export async function registerNodes(
  client: ClusterClient,
  placement: ClusterPlacement,
  kubelet?: KubeletEndpoint,
): Promise<void> {
  for (const [index, spec] of placement.spec.nodes.entries()) {
    const node = nodeObject(placement, spec, index);
    const status = kubelet === undefined ? node['status'] : reachable(nodeStatus(placement, spec, index), kubelet);
    try {
      await client.create(resources.nodes, node);
    } catch (error) {
      if (!(error instanceof KubeStatusError && error.status.code === 409)) throw error;
    }
    await client.mergePatch(resources.nodes, node, { status }, 'status');
  }
}

function reachable(status: NodeStatus, { host, port }: KubeletEndpoint): object {
  return {
    ...status,
    addresses: [...status.addresses, { type: 'ExternalDNS', address: host }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    // The API server then hands WebSockets on as they are, in place of SPDY.
    declaredFeatures: ['ExtendWebSocketsToKubelet'],
  };
}

function nodeObject(placement: ClusterPlacement, spec: NodeSpec, index: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: spec.name, labels: { ...standardLabels(placement, spec), ...spec.labels } },
    spec: { providerID: providerId(placement, spec), podCIDR: `10.244.${index}.0/24` },
    status: nodeStatus(placement, spec, index),
  };
}

function standardLabels(placement: ClusterPlacement, { name, os, scaleSet }: NodeSpec): Record<string, string> {
  return {
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/os': os,
    'kubernetes.io/hostname': name,
    'kubernetes.azure.com/cluster': placement.spec.nodeResourceGroup.slice(0, 63),
    'kubernetes.azure.com/role': 'agent',
    agentpool: /^aks-(?<pool>[a-z0-9]+)-/.exec(scaleSet)?.groups?.['pool'] ?? 'nodepool1',
  };
}

/** MIC finds the scale set by this id. */
function providerId(placement: ClusterPlacement, spec: NodeSpec): string {
  const siblings = placement.spec.nodes.filter(({ scaleSet }) => scaleSet === spec.scaleSet);
  const instance = siblings.indexOf(spec);
  const group = `/subscriptions/${placement.subscriptionId}/resourceGroups/${placement.spec.nodeResourceGroup}`;
  return `azure://${group}/providers/Microsoft.Compute/virtualMachineScaleSets/${spec.scaleSet}/virtualMachines/${instance}`;
}

interface NodeStatus extends Record<string, unknown> {
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
}

function nodeStatus(placement: ClusterPlacement, { name, os }: NodeSpec, index: number): NodeStatus {
  const now = timestamp();
  const resourcesOfNode = { cpu: '2', memory: '7097684Ki', pods: '110', 'ephemeral-storage': '129886128Ki' };
  return {
    addresses: [
      { type: 'InternalIP', address: `10.224.0.${index + 4}` },
      { type: 'Hostname', address: name },
    ],
    capacity: resourcesOfNode,
    allocatable: resourcesOfNode,
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
    nodeInfo: {
      architecture: 'amd64',
      operatingSystem: os,
      osImage: os === 'windows' ? 'Windows Server 2022 Datacenter' : 'Ubuntu 22.04.5 LTS',
      containerRuntimeVersion: 'containerd://1.7.27-1',
      kubeletVersion: `v${placement.spec.kubernetesVersion.replace(/^v/, '')}`,
      kubeProxyVersion: `v${placement.spec.kubernetesVersion.replace(/^v/, '')}`,
      kernelVersion: os === 'windows' ? '10.0.20348.3807' : '5.15.0-1089-azure',
      machineID: '',
      systemUUID: '',
      bootID: '',
    },
  };
}

export function addressOf(node: Node | undefined): string | undefined {
  return node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
}

/** Resource id of the scale set that a node belongs to; undefined for a single machine or no Azure node. */
export function scaleSetOf(node: Node | undefined): string | undefined {
  const id = /^azure:\/\/(?<id>\/subscriptions\/.+\/virtualMachineScaleSets\/[^/]+)/i.exec(
    node?.spec?.providerID ?? '',
  );
  return id?.groups?.['id'];
}
