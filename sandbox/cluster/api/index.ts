/**
 * The API server below HTTP. `createApi` gives everything that lives in the cluster an in-process client; the HTTP
 * server (../index.ts) answers from the same store.
 */
import type { ClusterClient, KubeObject } from '../../contracts.ts';
import { clientFor, CONTROL_PLANE } from './client.ts';
import { createCore, type ApiOptions, type Core } from './core.ts';
import { createBootstrapObjects } from './bootstrap/index.ts';
import { startUpkeep } from './upkeep/index.ts';

export type { ApiOptions } from './core.ts';

export interface Api {
  readonly core: Core;
  /** Acts as the control plane (system:masters); `as` for anybody else. */
  readonly client: ClusterClient;
  /** All objects of all kinds. */
  dump(): readonly KubeObject[];
  readonly stop: () => void;
}

/** An API with the namespaces, service accounts and roles of a new cluster. */
export function createApi(options: ApiOptions): Api {
  const core = createCore(options);
  const upkeep = startUpkeep(core);
  createBootstrapObjects(core);
  return {
    core,
    client: clientFor(core, CONTROL_PLANE, 'kube-controller-manager'),
    dump: () => core.store.keys().flatMap((key) => core.store.list(key)),
    stop: upkeep.stop,
  };
}
