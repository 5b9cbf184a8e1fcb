/**
 * What the API server and the controller manager do by themselves to keep objects consistent: definitions established,
 * namespaces furnished and emptied, roles aggregated, dependents collected. All of it happens shortly after the write
 * that calls for it, never within it.
 */
import type { Core } from '../core.ts';
import type { Change } from '../store.ts';
import { collectGarbage } from './garbage.ts';
import { establishDefinition, withdrawDefinition } from './definitions.ts';
import { aggregateRoles } from './aggregation.ts';
import { emptyNamespace, furnishNamespace } from './namespaces.ts';

export interface Upkeep {
  readonly stop: () => void;
}

type Duty = (core: Core, change: Change) => void;

const duties: Readonly<Record<string, Duty>> = {
  'customresourcedefinitions.apiextensions.k8s.io': (core, change) => {
    if (change.type === 'DELETED') withdrawDefinition(core, change.object);
    else establishDefinition(core, change.object.metadata.name);
  },
  'namespaces.': (core, change) => {
    if (change.type === 'DELETED') return;
    if (change.object.metadata.deletionTimestamp === undefined) furnishNamespace(core, change.object.metadata.name);
    else emptyNamespace(core, change.object.metadata.name);
  },
  'clusterroles.rbac.authorization.k8s.io': (core) => {
    aggregateRoles(core);
  },
  'serviceaccounts.': (core, change) => {
    if (change.type === 'DELETED') furnishNamespace(core, change.object.metadata.namespace ?? '');
  },
};

export function startUpkeep(core: Core): Upkeep {
  let stopped = false;
  const soon = (work: () => void): void => {
    setImmediate(() => {
      if (!stopped) work();
    });
  };
  const forget = core.store.observe((key, change) => {
    const duty = duties[key];
    if (duty) {
      soon(() => {
        duty(core, change);
      });
    }
    soon(() => {
      collectGarbage(core, change);
      followNamespace(core, change);
    });
  });
  return {
    stop: () => {
      stopped = true;
      forget();
    },
  };
}

/** The last object of a namespace that is going takes the namespace with it. */
function followNamespace(core: Core, change: Change): void {
  const { namespace } = change.object.metadata;
  if (change.type === 'DELETED' && namespace !== undefined) emptyNamespace(core, namespace);
}
