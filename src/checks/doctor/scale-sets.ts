import type { KubeNode, Pod } from '../../kube/shapes.ts';

/** Names of the scale sets whose instances the pods run on, each once. */
export function scaleSetsOf(pods: readonly Pod[], nodes: readonly KubeNode[]): readonly string[] {
  const byNode = new Map(nodes.map((node) => [node.metadata.name, scaleSetOf(node)]));
  const names = pods.map(({ spec }) => byNode.get(spec?.nodeName ?? '')).filter((name) => name !== undefined);
  return [...new Set(names)];
}

/** `azure:///subscriptions/.../virtualMachineScaleSets/<name>/virtualMachines/3` */
function scaleSetOf({ spec }: KubeNode): string | undefined {
  return /\/virtualMachineScaleSets\/([^/]+)/i.exec(spec?.providerID ?? '')?.[1];
}
