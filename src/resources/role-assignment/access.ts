import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import { armFailure, armRefusal } from '../../azure/arm-error.ts';
import { mayDo } from '../../azure/own-permissions.ts';
import { covers, sameScope } from '../../azure/resource-id.ts';
import type { AzureSession } from '../../azure/session.ts';
import { clientOptions } from '../../azure/session.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { RunObserver } from '../../engine/events.ts';
import type { Presence } from '../../engine/resource.ts';
import type { Budget } from '../../runtime/budget.ts';
import type { Clock } from '../../runtime/clock.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';
import { compareRoleAssignment } from './compare.ts';
import { constrainedGrant, existingName, grantDoing, refusedGrant, unseenGrant } from './refused-grant.ts';
import type { FoundAssignment, RoleAssignmentSpec, RoleAssignmentState } from './spec.ts';
import type { AssignmentRequest } from './wire.ts';
import { creation, describeAssignment, release, update } from './wire.ts';

export interface RoleAssignmentContext {
  readonly azure: AzureSession;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly observer: RunObserver;
}

/** What this run has done to an assignment, and so what Azure should show. */
export interface WrittenAssignment {
  readonly spec: RoleAssignmentSpec;
  readonly wanted: Presence;
}

const FIRST_PAUSE = 2_000;

/**
 * For how long a principal that the user names is waited for, in milliseconds. It is the service principal that a
 * cluster runs with, older than the cluster: if Microsoft Entra does not know it, the id is wrong. A little while all
 * the same, because the cluster may be of this very pipeline; az gives a new service principal three minutes.
 */
const NAMED_PRINCIPAL = 120_000;

/** The requests about role assignments that the tasks make, with what they mean. */
export class RoleAssignmentAccess {
  readonly written: WrittenAssignment[] = [];
  readonly #allPrincipals: boolean;
  readonly #context: RoleAssignmentContext;
  #client: Promise<AuthorizationManagementClient> | undefined;
  /** One list a scope and principal serves all goals that ask for it. */
  readonly #lists = new Map<string, Promise<readonly FoundAssignment[]>>();

  /** @param allPrincipals The lists hold the assignments of all principals at a scope, not only those of the spec's. */
  constructor(context: RoleAssignmentContext, allPrincipals: boolean) {
    this.#context = context;
    this.#allPrincipals = allPrincipals;
  }

  async find(spec: RoleAssignmentSpec, signal: AbortSignal): Promise<RoleAssignmentState> {
    const { scope, roleId, principalId } = spec;
    const equal = (await this.listedAt(spec, signal)).filter(
      (each) => sameIgnoringCase(each.roleId, roleId) && sameIgnoringCase(each.principalId, principalId),
    );
    const here = equal.filter((each) => isEqual(each, spec));
    return { here, above: equal.filter((each) => !here.includes(each) && covers(each.scope, scope)) };
  }

  async listedAt(
    { scope, principalId }: Pick<RoleAssignmentSpec, 'scope' | 'principalId'>,
    signal: AbortSignal,
  ): Promise<readonly FoundAssignment[]> {
    const key = `${scope}|${this.#allPrincipals ? '' : principalId}`.toLowerCase();
    // `principalId eq` gives assignments at, above and below the scope in one answer; `atScope()` of all principals.
    const filter = this.#allPrincipals ? 'atScope()' : `principalId eq '${principalId}'`;
    const listed = this.#lists.get(key) ?? this.list(scope, filter, signal);
    this.#lists.set(key, listed);
    return listed;
  }

  /** A list as Azure shows it now. */
  async list(scope: string, filter: string, abortSignal: AbortSignal): Promise<readonly FoundAssignment[]> {
    const client = await this.#open();
    const found: FoundAssignment[] = [];
    try {
      const pages = client.roleAssignments.listForScope(scope, { filter, abortSignal });
      for await (const assignment of pages) found.push(describeAssignment(assignment));
    } catch (error) {
      throw this.#failure(error, `list the role assignments at ${scope}`);
    }
    return found;
  }

  async create(spec: RoleAssignmentSpec, signal: AbortSignal): Promise<void> {
    await this.#put(spec, creation(spec), signal);
    this.written.push({ spec, wanted: 'present' });
  }

  async update(spec: RoleAssignmentSpec, have: FoundAssignment, signal: AbortSignal): Promise<void> {
    await this.#put(spec, update(spec, have), signal);
    this.written.push({ spec, wanted: 'present' });
  }

  async release(spec: RoleAssignmentSpec, have: FoundAssignment, signal: AbortSignal): Promise<void> {
    await this.#put(spec, release(spec, have), signal);
  }

  async delete(spec: RoleAssignmentSpec, have: FoundAssignment): Promise<void> {
    const client = await this.#open();
    try {
      await client.roleAssignments.deleteById(have.id);
    } catch (error) {
      if (armRefusal(error)?.status !== 404) throw await this.#forbidden(error, spec, 'delete');
    }
    this.written.push({ spec, wanted: 'absent' });
  }

  /** A new principal takes minutes to be known everywhere, so PrincipalNotFound is retried while there is time for it. */
  async #put(spec: RoleAssignmentSpec, { name, body }: AssignmentRequest, signal: AbortSignal): Promise<void> {
    const { clock, budget, observer } = this.#context;
    const client = await this.#open();
    const end = clock.now() + (spec.principalHint === undefined ? Infinity : NAMED_PRINCIPAL);
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, 20_000)) {
      try {
        await client.roleAssignments.create(spec.scope, name, body);
        return;
      } catch (error) {
        const code = armRefusal(error)?.code;
        if (code === 'RoleAssignmentExists') return this.#agree(error, spec, signal);
        if (code !== 'PrincipalNotFound' || Math.min(budget.remaining(), end - clock.now()) < pause)
          throw refusedGrant(error, spec, name) ?? (await this.#forbidden(error, spec, 'write'));
        if (pause === FIRST_PAUSE)
          observer({ type: 'waiting', what: `Microsoft Entra to know ${spec.principalLabel}`, measured: code });
        await clock.sleep(pause, signal);
      }
    }
  }

  /** The same assignment is there under another name, and the list of the plan did not show it; it counts once it is seen. */
  async #agree(error: unknown, spec: RoleAssignmentSpec, signal: AbortSignal): Promise<void> {
    const have = (await this.#named(existingName(error), spec)) ?? (await this.#listedLater(spec, signal));
    if (!have) throw unseenGrant(error, spec);
    const state = { here: [have], above: [] };
    const difference = compareRoleAssignment(spec, { found: true, state }, 'present');
    if (difference.action === 'blocked') throw DiagnosticError.of(difference.diagnostic, { cause: error });
    if (difference.action === 'update') await this.#put(spec, update(spec, have), signal);
  }

  /** Read by its own id: lists may be minutes behind. */
  async #named(name: string | undefined, spec: RoleAssignmentSpec): Promise<FoundAssignment | undefined> {
    if (name === undefined) return undefined;
    const client = await this.#open();
    try {
      const found = describeAssignment(await client.roleAssignments.get(spec.scope, name));
      return isEqual(found, spec) ? found : undefined;
    } catch (error) {
      if (armRefusal(error)?.status === 404) return undefined;
      throw this.#failure(error, `read the role assignment ${name}`);
    }
  }

  async #listedLater(spec: RoleAssignmentSpec, signal: AbortSignal): Promise<FoundAssignment | undefined> {
    for (const pause of [0, 1_000, 3_000]) {
      await this.#context.clock.sleep(pause, signal);
      this.#lists.clear();
      const [have] = (await this.find(spec, signal)).here;
      if (have) return have;
    }
    return undefined;
  }

  async #forbidden(error: unknown, spec: RoleAssignmentSpec, verb: 'write' | 'delete'): Promise<DiagnosticError> {
    const { roleName, principalLabel, scope } = spec;
    const doing = verb === 'write' ? grantDoing(spec) : `remove the role ${roleName} of ${principalLabel} at ${scope}`;
    if (armRefusal(error)?.code === 'AuthorizationFailed') {
      const endpoint = this.#context.azure.connection.cloud.resourceManager;
      const question = { endpoint, scope, action: `Microsoft.Authorization/roleAssignments/${verb}` };
      if (await mayDo(await this.#open(), question)) return constrainedGrant(error, spec, doing);
    }
    return this.#failure(error, doing);
  }

  #failure(error: unknown, doing: string): DiagnosticError {
    return armFailure(error, doing, new URL(this.#context.azure.connection.cloud.resourceManager).host);
  }

  #open(): Promise<AuthorizationManagementClient> {
    this.#client ??= openClient(this.#context.azure);
    return this.#client;
  }
}

/** The same role for the same principal at the very scope, whatever its name. */
function isEqual(found: FoundAssignment, { scope, roleId, principalId }: RoleAssignmentSpec): boolean {
  return (
    sameScope(found.scope, scope) &&
    sameIgnoringCase(found.roleId, roleId) &&
    sameIgnoringCase(found.principalId, principalId)
  );
}

async function openClient(azure: AzureSession): Promise<AuthorizationManagementClient> {
  const { AuthorizationManagementClient } = await import('@azure/arm-authorization');
  return new AuthorizationManagementClient(azure.credential, azure.subscriptionId, clientOptions(azure));
}
