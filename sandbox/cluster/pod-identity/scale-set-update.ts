/** What one scale set needs in one pass: objects Created, one PATCH, objects Assigned or gone. */
import type { AssignedIdentities } from './assigned-identities.ts';
import { podName } from './assigned-identities.ts';
import { fullName } from './desired.ts';
import type { Klog } from './klog.ts';
import { isManagedIdentity, type AzureAssignedIdentity } from './kinds.ts';
import { ArmError } from './resource-manager.ts';
import type { ScaleSets } from './scale-sets.ts';

export interface ScaleSetWork {
  readonly create: AzureAssignedIdentity[];
  readonly update: AzureAssignedIdentity[];
  readonly remove: AzureAssignedIdentity[];
  /** Resource ids to put on the scale set. */
  readonly add: Set<string>;
  /** Resource ids that nobody on it uses any more. */
  readonly drop: Set<string>;
}

export class ScaleSetUpdate {
  readonly #log: Klog;
  readonly #scaleSets: ScaleSets;
  readonly #assigned: AssignedIdentities;
  readonly #name: string;
  readonly #work: ScaleSetWork;

  constructor(
    tools: { readonly log: Klog; readonly scaleSets: ScaleSets },
    assigned: AssignedIdentities,
    name: string,
    work: ScaleSetWork,
  ) {
    this.#log = tools.log;
    this.#scaleSets = tools.scaleSets;
    this.#assigned = assigned;
    this.#name = name;
    this.#work = work;
  }

  async run(): Promise<void> {
    const { create, update, remove, add, drop } = this.#work;
    const counts = `add [${create.length}], del [${remove.length}], update [${update.length}]`;
    this.#log.info('mic.go:1032', `processing node ${this.#name}, ${counts}`);
    const fresh = create.filter(({ status }) => status?.status === undefined);
    await Promise.all(fresh.map(async (one) => this.#assigned.create(one)));
    await Promise.all(update.map(async (one) => this.#assigned.update(one)));
    try {
      await this.#scaleSets.update([...add], [...drop], this.#name);
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      const what = `failed to update user-assigned identities on node ${this.#name}`;
      const refused = `(add [${create.length}], del [${remove.length}], update[${update.length}])`;
      this.#log.error('mic.go:1111', `${what} ${refused}, error: ${error.message}`);
      await this.#afterFailure(error);
      return;
    }
    await Promise.all([...create, ...update].map(async (one) => this.#applied(one)));
    for (const one of remove) {
      if (await this.#assigned.setStatus(one, 'Unassigned')) await this.#assigned.remove(one);
    }
  }

  async #applied(one: AzureAssignedIdentity): Promise<void> {
    if (!(await this.#assigned.setStatus(one, 'Assigned'))) return;
    const binding = one.spec.azureBindingRef;
    const message = `Binding ${binding.metadata.name} applied on node ${one.spec.nodename} for pod ${one.metadata.name}`;
    await this.#assigned.event(binding, 'Normal', 'binding applied', message);
  }

  /** Looks at what is on the scale set after all: one refused identity must not hold up the others. */
  async #afterFailure(failure: ArmError): Promise<void> {
    let present: Set<string>;
    try {
      present = new Set((await this.#scaleSets.identities(this.#name)).map((id) => id.toLowerCase()));
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      const what = `failed to get a list of user-assigned identites from node ${this.#name}`;
      this.#log.error('mic.go:1115', `${what}, error: ${error.message}`);
      return;
    }
    const isOn = ({ spec: { azureIdentityRef: identity } }: AzureAssignedIdentity): boolean =>
      present.has(identity.spec?.resourceID?.toLowerCase() ?? '');
    for (const one of [...this.#work.create, ...this.#work.update]) await this.#settleAdded(one, isOn(one), failure);
    for (const one of this.#work.remove) await this.#settleRemoved(one, isOn(one), failure);
  }

  async #settleAdded(one: AzureAssignedIdentity, isOn: boolean, failure: ArmError): Promise<void> {
    const { azureBindingRef: binding, azureIdentityRef: identity, nodename } = one.spec;
    if (isManagedIdentity(identity) && !isOn) {
      const what = `failed to apply binding ${fullName(binding)} node ${nodename} for pod ${podName(one)}`;
      const message = `${what}, error: ${failure.message}`;
      await this.#assigned.event(binding, 'Warning', 'binding apply error', message);
      this.#log.error('mic.go:1130', message);
      return;
    }
    this.#log.info('mic.go:1137', `identity ${fullName(identity)} has successfully been assigned to node ${nodename}`);
    await this.#applied(one);
  }

  async #settleRemoved(one: AzureAssignedIdentity, isOn: boolean, failure: ArmError): Promise<void> {
    const { azureBindingRef: binding, azureIdentityRef: identity, nodename } = one.spec;
    const wasDropped = this.#work.drop.has(identity.spec?.resourceID ?? '');
    if (wasDropped && isOn) {
      const what = `failed to remove AzureIdentityBinding ${binding.metadata.name} from node ${nodename}`;
      this.#log.error('mic.go:1175', `${what} for pod ${podName(one)}, error: ${failure.message}`);
      return;
    }
    const gone = `identity ${fullName(identity)} has successfully been removed from node`;
    this.#log.info('mic.go:1179', `updating msis on node ${nodename} failed, but ${gone}`);
    await this.#assigned.remove(one);
    this.#log.info('mic.go:1187', `deleted assigned identity ${fullName(one)}`);
  }
}
