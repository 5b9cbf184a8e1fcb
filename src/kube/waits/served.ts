import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Wait } from '../../engine/settle.ts';
import { count, listOf } from '../../runtime/text.ts';
import type { KubeCluster } from '../cluster.ts';
import type { KubeKind } from '../kinds.ts';
import { groupOf, kinds } from '../kinds.ts';
import { notEstablished } from '../status/definition.ts';

/** `azureidentities.aadpodidentity.k8s.io` */
export function definitionName(kind: KubeKind): string {
  return `${kind.plural}.${groupOf(kind)}`;
}

/**
 * Waits until custom resources can be used: their definitions are established and discovery serves them. Between the
 * two lies a moment in which writes are still answered with 404.
 */
export function servedWait(cluster: KubeCluster, wanted: readonly KubeKind[]): Wait {
  const names = wanted.map(definitionName);
  const what = names.length === 1 ? `the custom resource ${names.join('')}` : count(names.length, 'custom resource');
  return {
    what,
    measure: async (signal) => {
      const missing = await Promise.all(wanted.map((kind) => missingOf(cluster, kind, signal)));
      const open = missing.filter((each) => each !== undefined);
      if (open.length === 0) return { state: 'settled', measured: 'established and served' };
      return { state: 'waiting', measured: open.join('; ') };
    },
    timedOut: (measured) => diagnostic('POD013', { message: `${listOf(names)} cannot be used: ${measured}.` }),
  };
}

async function missingOf(cluster: KubeCluster, kind: KubeKind, signal: AbortSignal): Promise<string | undefined> {
  const name = definitionName(kind);
  const missing = notEstablished(await cluster.get(kinds.customResourceDefinition, { name }, signal));
  if (missing !== undefined) return `${name} ${missing}`;
  return (await cluster.serves(kind, signal)) ? undefined : `${name} established, not served yet`;
}
