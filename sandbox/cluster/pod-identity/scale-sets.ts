/** MIC's way with the identities of a scale set: read, change only what differs, leave out what Azure refuses. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Klog } from './klog.ts';
import { ArmError, type ResourceManager } from './resource-manager.ts';
import { resourceIdProblem } from './kinds.ts';

interface ScaleSetOptions {
  readonly arm: ResourceManager;
  readonly log: Klog;
  readonly subscriptionId: string;
  /** `resourceGroup` of the nodes' azure.json. */
  readonly resourceGroup: string;
  readonly maxRetry: number;
  readonly retryMilliseconds: number;
}

interface Identity {
  type?: string;
  /** null: to be removed. */
  userAssignedIdentities?: Record<string, object | null>;
}

interface ScaleSet {
  readonly identity?: Identity;
  readonly properties?: { readonly provisioningState?: string };
}

const CLIENT = 'compute.VirtualMachineScaleSetsClient';
const API = 'api-version=2019-12-01';

export class ScaleSets {
  readonly #options: ScaleSetOptions;
  #readersWait = 0;
  #writersWait = 0;

  constructor(options: ScaleSetOptions) {
    this.#options = options;
  }

  /** Resource ids of the identities that are on the scale set. */
  async identities(name: string): Promise<string[]> {
    const { identity } = await this.#read(name);
    return Object.keys(identity?.userAssignedIdentities ?? {});
  }

  /** Throws the first refusal even where a second try without the refused identities went through, as MIC does. */
  async update(add: readonly string[], remove: readonly string[], name: string): Promise<void> {
    const { log, maxRetry, retryMilliseconds } = this.#options;
    if (add.length === 0 && remove.length === 0) {
      log.info('cloudprovider.go:197', 'No identities to assign or un-assign');
      return;
    }
    const scaleSet = await this.#read(name);
    const wanted = changed(scaleSet.identity, add, remove);
    if (wanted === undefined) return;
    const counts = `assign [${add.length}], unassign [${remove.length}]`;
    log.info('cloudprovider.go:224', `updating user-assigned identities on ${name}, ${counts}`);
    let first: ArmError | undefined;
    for (let attempt = 0; attempt <= maxRetry; attempt++) {
      const failure = await this.#write(name, scaleSet, wanted);
      if (failure === undefined) break;
      first ??= failure;
      if (!isRetriable(failure) || !this.#leaveOut(wanted, failure)) break;
      await sleep(retryMilliseconds);
    }
    if (first !== undefined) throw first;
  }

  async #read(name: string): Promise<ScaleSet> {
    if (this.#readersWait > Date.now()) throw throttled('VMSSGet', this.#readersWait);
    const { resourceGroup } = this.#options;
    try {
      return (await this.#options.arm.get(`${CLIENT}#Get`, this.#path(name))) as ScaleSet;
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      if (error.retryAfter > 0) this.#readersWait = Date.now() + error.retryAfter * 1000;
      const failed = `failed to get vmss ${name} in resource group ${resourceGroup}, error: `;
      throw new ArmError(`failed to get identity resource, error: ${failed}${failed}${error.message}`);
    }
  }

  async #write(name: string, { properties }: ScaleSet, identity: Identity): Promise<ArmError | undefined> {
    const { arm, resourceGroup } = this.#options;
    if (properties?.provisioningState === 'Deleting') {
      const state = 'vmss is in Deleting provisioning state';
      return new ArmError(`failed to update identities for ${name} in ${resourceGroup}, ${state}`);
    }
    if (this.#writersWait > Date.now()) return throttled('VMSSUpdate', this.#writersWait);
    try {
      await arm.patch(`${CLIENT}#Update`, this.#path(name), { identity });
      return undefined;
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      if (error.retryAfter > 0) this.#writersWait = Date.now() + error.retryAfter * 1000;
      return new ArmError(`failed to update identities for ${name} in ${resourceGroup}, error: ${error.message}`);
    }
  }

  /** Takes the identities that the error names out of the request; false where there is nothing to try again. */
  #leaveOut(identity: Identity, failure: ArmError): boolean {
    const { log } = this.#options;
    const ids = (identity.userAssignedIdentities ??= {});
    let removed = false;
    for (const id of namedIn(failure.message)) {
      if (!(id.toLowerCase() in ids)) continue;
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a map of resource ids, as ARM wants it
      delete ids[id.toLowerCase()];
      removed = true;
      log.info('cloudprovider.go:239', `removing ${id} from ID list since it is erroneous`);
    }
    const left = Object.keys(ids);
    if (!removed || left.length === 0) return false;
    log.info('cloudprovider.go:246', `attempting to retry with ID list [${left.join(' ')}]`);
    return true;
  }

  #path(name: string): string {
    const { subscriptionId, resourceGroup } = this.#options;
    const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
    return `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}?${API}`;
  }
}

function throttled(operation: string, until: number): ArmError {
  return new ArmError(`${operation} client throttled, retry after: ${new Date(until).toISOString()}`);
}

/** The identity block to send; undefined where nothing differs. */
function changed(
  current: Identity | undefined,
  add: readonly string[],
  remove: readonly string[],
): Identity | undefined {
  const present = new Set(Object.keys(current?.userAssignedIdentities ?? {}).map((id) => id.toLowerCase()));
  // An identity that is both added and removed stays.
  const wanted = new Map<string, boolean>();
  for (const id of remove) wanted.set(id.toLowerCase(), false);
  for (const id of add) wanted.set(id.toLowerCase(), true);
  const difference = [...wanted].filter(([id, adding]) => adding !== present.has(id));
  const left = present.size + difference.length - 2 * difference.filter(([, adding]) => !adding).length;
  if (left === 0) return { type: withSystem(current, 'SystemAssigned', 'None') };
  if (difference.length === 0) return undefined;
  const type = withSystem(current, 'SystemAssigned, UserAssigned', 'UserAssigned');
  return {
    type,
    userAssignedIdentities: Object.fromEntries(difference.map(([id, adding]) => [id, adding ? {} : null])),
  };
}

/** The scale set's own identity stays as it is. */
function withSystem(current: Identity | undefined, yes: string, no: string): string {
  return current?.type?.includes('SystemAssigned') === true ? yes : no;
}

function isRetriable({ message }: ArmError): boolean {
  return message.includes('LinkedAuthorizationFailed') || message.includes('FailedIdentityOperation');
}

const NAMED =
  /'((?:,?\/subscriptions\/[\w-]+\/resourcegroups\/[\w-]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[\w-]+)+)'/i;

/** Resource ids between single quotes in an error of Azure. */
function namedIn(text: string): string[] {
  const list = NAMED.exec(text)?.[1] ?? '';
  return list.split(',').filter((id) => resourceIdProblem(id) === undefined);
}
