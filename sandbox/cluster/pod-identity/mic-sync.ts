/** One pass of MIC: what should be assigned, what is, and the scale sets and objects brought in line. */
import type { ClusterClient } from '../../contracts.ts';
import { resources, type Node, type Pod } from '../controllers/shapes.ts';
import { AssignedIdentities } from './assigned-identities.ts';
import { desiredAssignments, difference, type Assignments, type Changes } from './desired.ts';
import type { Informers } from './informers.ts';
import type { Klog } from './klog.ts';
import {
  isManagedIdentity,
  kinds,
  POD_LABEL,
  type AzureAssignedIdentity,
  type AzureIdentity,
  type AzureIdentityBinding,
} from './kinds.ts';
import { ArmError } from './resource-manager.ts';
import type { ScaleSets } from './scale-sets.ts';
import { ScaleSetUpdate, type ScaleSetWork } from './scale-set-update.ts';

interface SyncOptions {
  readonly client: ClusterClient;
  readonly log: Klog;
  readonly informers: Informers;
  readonly scaleSets: ScaleSets;
  readonly namespaced: boolean;
  /** Client ids in lower case that MIC never takes off a scale set: flagged ones and the cluster's own. */
  readonly immutable: ReadonlySet<string>;
}

export class MicSync {
  readonly #options: SyncOptions;
  readonly #assigned: AssignedIdentities;
  #cycles = 0;
  #worked = 0;

  constructor(options: SyncOptions) {
    this.#options = options;
    this.#assigned = new AssignedIdentities(options.client, options.log);
  }

  /** @returns whether anything had to be done */
  async run(): Promise<boolean> {
    const { informers, log, namespaced } = this.#options;
    this.#cycles++;
    const pods = informers.list<Pod>(resources.pods).filter((pod) => pod.metadata.labels?.[POD_LABEL] !== undefined);
    const identities = informers.list<AzureIdentity>(kinds.identities);
    const bindings = informers.list<AzureIdentityBinding>(kinds.bindings);
    const desired = desiredAssignments({ pods, identities, bindings, namespaced }, log);
    const changes = difference(this.#current(), desired);
    const workDone = changes.create.length + changes.remove.length + changes.update.length > 0;
    if (!workDone) return false;
    this.#worked++;
    const work = this.#byScaleSet(changes, desired);
    await this.#forgetLostNodes(work);
    const updates = [...work].map(([name, one]) => new ScaleSetUpdate(this.#options, this.#assigned, name, one).run());
    await Promise.all(updates);
    const found = `Found ${pods.length} pods, ${identities.length} ids, ${bindings.length} bindings`;
    log.info('mic.go:506', `work done: true. ${found}`);
    log.info('mic.go:507', `total work cycles: ${this.#cycles}, out of which work was done in: ${this.#worked}`);
    return true;
  }

  /** Nodes that are gone (or no scale set's): what was assigned there is only deleted. */
  async #forgetLostNodes(work: Map<string, ScaleSetWork>): Promise<void> {
    const lost = work.get('');
    if (lost === undefined) return;
    work.delete('');
    for (const one of lost.remove) {
      this.#options.log.info(
        'mic.go:1285',
        `deleting all assigned identites for ${one.spec.nodename} as node not found`,
      );
      await this.#assigned.remove(one);
    }
  }

  /** Every third minute: identities that should be on a scale set and are not (taken off by hand, by an upgrade) come back. */
  async reconcileScaleSets(): Promise<void> {
    const wanted = new Map<string, string[]>();
    for (const { spec, status } of this.#current().values()) {
      const name = this.#scaleSetName(spec.nodename) ?? '';
      const { azureIdentityRef: identity } = spec;
      if (status?.status !== 'Assigned' || !isManagedIdentity(identity)) continue;
      wanted.set(name, [...(wanted.get(name) ?? []), identity.spec?.resourceID ?? '']);
    }
    for (const [name, ids] of wanted) await this.#reconcile(name, ids);
  }

  async #reconcile(name: string, ids: readonly string[]): Promise<void> {
    const { log, scaleSets } = this.#options;
    try {
      const present = new Set((await scaleSets.identities(name)).map((id) => id.toLowerCase()));
      const missing = [...new Set(ids)].filter((id) => !present.has(id.toLowerCase()));
      if (missing.length === 0) return;
      log.info('mic.go:1467', `reconciling identity assignment for [${missing.join(' ')}] on node ${name}`);
      await scaleSets.update(missing, [], name);
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      log.error('mic.go:1469', `failed to update user-assigned identities on node ${name}, error: ${error.message}`);
    }
  }

  #current(): Assignments {
    const all = this.#options.informers.list<AzureAssignedIdentity>(kinds.assigned);
    return new Map(all.map((one) => [one.metadata.name, one]));
  }

  #scaleSetName(nodeName: string): string | undefined {
    const nodes = this.#options.informers.list<Node>(resources.nodes);
    const id = nodes.find(({ metadata }) => metadata.name === nodeName)?.spec?.providerID ?? '';
    return /\/virtualMachineScaleSets\/(?<name>[^/]+)/i.exec(id)?.groups?.['name'];
  }

  /** All nodes of a scale set are one: its identities are on every instance. */
  #byScaleSet(changes: Changes, desired: Assignments): Map<string, ScaleSetWork> {
    const work = new Map<string, ScaleSetWork>();
    const on = (one: AzureAssignedIdentity): ScaleSetWork => {
      const name = this.#scaleSetName(one.spec.nodename) ?? '';
      const known = work.get(name) ?? { create: [], update: [], remove: [], add: new Set(), drop: new Set() };
      work.set(name, known);
      return known;
    };
    for (const one of changes.create) {
      const place = on(one);
      place.create.push(one);
      if (isManagedIdentity(one.spec.azureIdentityRef)) place.add.add(resourceId(one));
    }
    for (const { before, after } of changes.update) {
      const place = on(after);
      place.update.push(after);
      if (isManagedIdentity(after.spec.azureIdentityRef)) place.add.add(resourceId(after));
      if (this.#mayDrop(before, desired)) on(before).drop.add(resourceId(before));
    }
    for (const one of changes.remove) {
      on(one).remove.push(one);
      if (this.#mayDrop(one, desired)) on(one).drop.add(resourceId(one));
    }
    return work;
  }

  #mayDrop(one: AzureAssignedIdentity, desired: Assignments): boolean {
    const identity = one.spec.azureIdentityRef;
    const onScaleSet = one.status?.status === undefined || one.status.status === 'Assigned';
    const immutable = this.#options.immutable.has(identity.spec?.clientID ?? '');
    return onScaleSet && isManagedIdentity(identity) && !immutable && !this.#inUse(one, desired);
  }

  /** Does another pod on the same scale set use the identity (by client id)? */
  #inUse(one: AzureAssignedIdentity, desired: Assignments): boolean {
    const clientId = one.spec.azureIdentityRef.spec?.clientID;
    const scaleSet = this.#scaleSetName(one.spec.nodename);
    return [...desired.values()].some(
      ({ spec }) =>
        spec.pod !== one.spec.pod &&
        spec.azureIdentityRef.spec?.clientID === clientId &&
        (spec.nodename === one.spec.nodename ||
          (scaleSet !== undefined && this.#scaleSetName(spec.nodename) === scaleSet)),
    );
  }
}

function resourceId({ spec }: AzureAssignedIdentity): string {
  return spec.azureIdentityRef.spec?.resourceID ?? '';
}
