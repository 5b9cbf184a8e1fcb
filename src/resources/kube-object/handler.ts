import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { RunObserver } from '../../engine/events.ts';
import type { ResourceHandler } from '../../engine/resource.ts';
import { resourceKey } from '../../engine/resource.ts';
import type { SettleContext, Wait } from '../../engine/settle.ts';
import { settle } from '../../engine/settle.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import type { KubeKind } from '../../kube/kinds.ts';
import { groupOf } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/shapes.ts';
import { compareKubeObject, describeObject } from './compare.ts';
import type { KubeObjectSpec } from './spec.ts';
import { withOurLabel } from './spec.ts';

export interface KubeObjectContext extends Omit<SettleContext, 'signal'> {
  readonly cluster: KubeCluster;
}

/** Objects of one kind by server-side apply: fields that we do not name stay with whoever set them. */
export function kubeObjects(kind: KubeKind, context: KubeObjectContext): ResourceHandler<KubeObjectSpec, KubeObject> {
  const { cluster } = context;
  return {
    kind: kind.kind,
    key: ({ object }) => kubeObjectKey(kind, object),
    describe: ({ object: { metadata } }) =>
      metadata.namespace === undefined ? metadata.name : `${metadata.name} in namespace ${metadata.namespace}`,
    read: async ({ object }, signal) => {
      const state = await cluster.get(kind, object.metadata, signal);
      return state ? { found: true, state } : { found: false };
    },
    compare: compareKubeObject,
    apply: async ({ action, spec, observed }, signal) => {
      const waitFor = (wait: Wait): Promise<void> =>
        settle(wait, { ...context, signal, observer: onlyWaits(context.observer) });
      if (action === 'delete') {
        await spec.beforeDelete?.(signal);
        await cluster.delete(kind, spec.object.metadata);
        await waitFor(goneWait(cluster, spec));
        if (spec.afterDelete) await waitFor(spec.afterDelete);
        return;
      }
      const leaving = observed.found && observed.state.metadata.deletionTimestamp !== undefined;
      if (leaving) await waitFor(goneWait(cluster, spec));
      if (spec.beforeApply) await waitFor(spec.beforeApply);
      await cluster.apply(kind, withOurLabel(spec.object));
    },
  };
}

export function kubeObjectKey(kind: KubeKind, { metadata }: KubeObject): ReturnType<typeof resourceKey> {
  return resourceKey('kube', groupOf(kind), kind.kind, metadata.namespace ?? '', metadata.name);
}

/** What was so at the first look is not worth a line. */
function onlyWaits(observer: RunObserver): RunObserver {
  let waited = false;
  return (event) => {
    if (event.type === 'waiting') waited = true;
    if (event.type !== 'settled' || waited) observer(event);
  };
}

/** Deleting only begins it where there are finalizers. */
function goneWait(cluster: KubeCluster, spec: KubeObjectSpec): Wait {
  const what = describeObject(spec);
  return {
    what: `the end of ${what}`,
    measure: async (signal) => {
      const live = await cluster.get(spec.kind, spec.object.metadata, signal);
      if (!live) return { state: 'settled', measured: 'gone' };
      const finalizers = live.metadata.finalizers ?? [];
      return {
        state: 'waiting',
        measured: finalizers.length === 0 ? 'still there' : `waits for ${finalizers.join(', ')}`,
      };
    },
    timedOut: (measured) => diagnostic('KUB014', { message: `${what} was deleted but is not gone: ${measured}.` }),
  };
}
