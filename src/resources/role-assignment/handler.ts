import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import { armFailure, armRefusal } from '../../azure/arm-error.ts';
import { mayDo } from '../../azure/own-permissions.ts';
import { covers, sameScope } from '../../azure/resource-id.ts';
import type { AzureSession } from '../../azure/session.ts';
import { clientOptions } from '../../azure/session.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { ResourceHandler } from '../../engine/resource.ts';
import { resourceKey } from '../../engine/resource.ts';
import type { Budget } from '../../runtime/budget.ts';
import type { Clock } from '../../runtime/clock.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';
import { compareRoleAssignment } from './compare.ts';
import { constrainedGrant, grantDoing, refusedGrant, unseenGrant } from './refused-grant.ts';
import type { FoundAssignment, RoleAssignmentSpec, RoleAssignmentState } from './spec.ts';
import { carriesMarker, madeFor } from './spec.ts';
import { describeAssignment, request } from './wire.ts';

export interface RoleAssignmentContext {
  readonly azure: AzureSession;
  readonly clock: Clock;
  readonly budget: Budget;
}

export interface RoleAssignmentOptions {
  /** Look for assignments of principals that are gone, too: the lists then hold those of all principals. */
  readonly orphans?: boolean;
}

type Handler = ResourceHandler<RoleAssignmentSpec, RoleAssignmentState>;

/** Role assignments through Azure Resource Manager. Object ids only: no request to Microsoft Graph. */
export function roleAssignments(
  context: RoleAssignmentContext,
  { orphans = false }: RoleAssignmentOptions = {},
): Handler {
  const access = new RoleAssignmentAccess(context, orphans);
  return {
    kind: 'role assignment',
    key: ({ scope, roleId, principalId }) => resourceKey('roleAssignment', scope, roleId, principalId),
    describe: ({ roleName, scopeLabel, principalLabel }) => `${roleName} for ${principalLabel} at ${scopeLabel}`,
    read: async (spec, signal) => {
      const state = await access.find(spec, signal);
      const some = state.here.length + state.above.length + state.orphaned.length > 0;
      return some ? { found: true, state } : { found: false };
    },
    compare: compareRoleAssignment,
    apply: async ({ action, spec, observed }, signal) => {
      if (action === 'create') await access.create(spec, signal);
      else if (observed.found) await change(access, action, { spec, state: observed.state, signal });
    },
  };
}

async function change(
  access: RoleAssignmentAccess,
  action: 'update' | 'delete',
  {
    spec,
    state,
    signal,
  }: { readonly spec: RoleAssignmentSpec; readonly state: RoleAssignmentState; readonly signal: AbortSignal },
): Promise<void> {
  const own = state.here.filter(carriesMarker);
  if (action === 'delete') await access.delete(spec, own);
  // The same name again with another condition or description changes the assignment in place.
  else
    for (const { id, description } of own)
      await access.create(spec, signal, { name: id.split('/').at(-1) ?? '', description });
}

class RoleAssignmentAccess {
  readonly #orphans: boolean;
  readonly #context: RoleAssignmentContext;
  #client: Promise<AuthorizationManagementClient> | undefined;
  /** One list a scope and principal serves all goals that ask for it. */
  readonly #lists = new Map<string, Promise<readonly FoundAssignment[]>>();

  constructor(context: RoleAssignmentContext, orphans: boolean) {
    this.#context = context;
    this.#orphans = orphans;
  }

  async find(spec: RoleAssignmentSpec, signal: AbortSignal): Promise<RoleAssignmentState> {
    const { scope, roleId, principalId, madeBy } = spec;
    const key = `${scope}|${this.#orphans ? '' : principalId}`.toLowerCase();
    const listed = this.#lists.get(key) ?? this.#list(scope, principalId, signal);
    this.#lists.set(key, listed);
    const ofRole = (await listed).filter((each) => sameIgnoringCase(each.roleId, roleId));
    const equal = ofRole.filter((each) => sameIgnoringCase(each.principalId, principalId));
    const here = equal.filter((each) => sameScope(each.scope, scope));
    const isOrphan = (each: FoundAssignment): boolean =>
      each.principalType === 'Unknown' && madeFor(each, madeBy) && sameScope(each.scope, scope);
    return {
      here,
      above: equal.filter((each) => !here.includes(each) && covers(each.scope, scope)),
      orphaned: ofRole.filter((each) => !equal.includes(each) && isOrphan(each)),
    };
  }

  async #list(scope: string, principalId: string, abortSignal: AbortSignal): Promise<readonly FoundAssignment[]> {
    const client = await this.#open();
    const found: FoundAssignment[] = [];
    try {
      // `principalId eq` gives assignments at, above and below the scope in one answer; `atScope()` of all principals.
      const filter = this.#orphans ? 'atScope()' : `principalId eq '${principalId}'`;
      const pages = client.roleAssignments.listForScope(scope, { filter, abortSignal });
      for await (const assignment of pages) found.push(describeAssignment(assignment));
    } catch (error) {
      throw this.#failure(error, `list the role assignments at ${scope}`);
    }
    return found;
  }

  /** A new principal takes minutes to be known everywhere, so PrincipalNotFound is retried while the budget lasts. */
  async create(
    spec: RoleAssignmentSpec,
    abortSignal: AbortSignal,
    before?: { readonly name: string; readonly description: string },
  ): Promise<void> {
    const { clock, budget } = this.#context;
    const client = await this.#open();
    const { name, body } = request(spec, before);
    for (let pause = 2_000; ; pause = Math.min(pause * 2, 20_000)) {
      try {
        await client.roleAssignments.create(spec.scope, name, body);
        return;
      } catch (error) {
        const code = armRefusal(error)?.code;
        if (code === 'RoleAssignmentExists') {
          await this.#requireEqual(error, spec, abortSignal);
          return;
        }
        if (code !== 'PrincipalNotFound' || budget.remaining() < pause)
          throw refusedGrant(error, spec, name) ?? (await this.#forbidden(error, spec, 'write'));
        await clock.sleep(pause, abortSignal);
      }
    }
  }

  async delete(spec: RoleAssignmentSpec, own: readonly FoundAssignment[]): Promise<void> {
    const client = await this.#open();
    for (const { id } of own) {
      try {
        await client.roleAssignments.deleteById(id);
      } catch (error) {
        if (armRefusal(error)?.status === 404) continue;
        throw await this.#forbidden(error, spec, 'delete');
      }
    }
  }

  /** Somebody made the same assignment under another name since the plan was made; it counts once it is seen. */
  async #requireEqual(error: unknown, spec: RoleAssignmentSpec, signal: AbortSignal): Promise<void> {
    for (const pause of [0, 1_000, 3_000]) {
      await this.#context.clock.sleep(pause, signal);
      this.#lists.clear();
      const { here } = await this.find(spec, signal);
      if (here.length === 0) continue;
      const difference = compareRoleAssignment(
        spec,
        { found: true, state: { here, above: [], orphaned: [] } },
        'present',
      );
      if (difference.action === 'blocked') throw DiagnosticError.of(difference.diagnostic, { cause: error });
      return;
    }
    throw unseenGrant(error, spec);
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

async function openClient(azure: AzureSession): Promise<AuthorizationManagementClient> {
  const { AuthorizationManagementClient } = await import('@azure/arm-authorization');
  return new AuthorizationManagementClient(azure.credential, azure.subscriptionId, clientOptions(azure));
}
