import type {
  AuthorizationManagementClient,
  RoleAssignment,
  RoleAssignmentCreateParameters,
} from '@azure/arm-authorization';
import { armFailure, armRefusal } from '../../azure/arm-error.ts';
import { covers, sameScope, subscriptionScope } from '../../azure/resource-id.ts';
import type { AzureSession } from '../../azure/session.ts';
import { clientOptions } from '../../azure/session.ts';
import type { DiagnosticCode } from '../../diagnostics/catalogue.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { ResourceHandler } from '../../engine/resource.ts';
import { resourceKey } from '../../engine/resource.ts';
import type { Budget } from '../../runtime/budget.ts';
import type { Clock } from '../../runtime/clock.ts';
import { armGuid } from '../../runtime/guid.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';
import { compareRoleAssignment } from './compare.ts';
import type { FoundAssignment, RoleAssignmentSpec, RoleAssignmentState } from './spec.ts';
import { carriesMarker, madeFor, marker } from './spec.ts';

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
        // Somebody made the same assignment under another name since the plan was made: the goal is reached.
        if (code === 'RoleAssignmentExists') return;
        if (code !== 'PrincipalNotFound' || budget.remaining() < pause) throw this.#refusedCreate(error, spec);
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
        throw this.#failure(error, `remove the role ${spec.roleName} of ${spec.principalLabel} at ${spec.scope}`);
      }
    }
  }

  #refusedCreate(error: unknown, spec: RoleAssignmentSpec): DiagnosticError {
    const refusal = armRefusal(error);
    const known: Readonly<Record<string, DiagnosticCode>> = {
      PrincipalNotFound: 'GRA003',
      RoleAssignmentUpdateNotPermitted: 'GRA004',
      RoleAssignmentLimitExceeded: 'GRA005',
      RoleDefinitionDoesNotExist: 'GRA001',
    };
    const doing = `grant ${spec.roleName} to ${spec.principalLabel} at ${spec.scope}`;
    const code = known[refusal?.code ?? ''];
    if (code === undefined) return this.#failure(error, doing);
    return new DiagnosticError(
      code,
      { message: `Cannot ${doing}: ${refusal?.code ?? ''}.`, detail: refusal?.message ?? '' },
      { cause: error },
    );
  }

  #failure(error: unknown, doing: string): DiagnosticError {
    return armFailure(error, doing, new URL(this.#context.azure.connection.cloud.resourceManager).host);
  }

  #open(): Promise<AuthorizationManagementClient> {
    this.#client ??= openClient(this.#context.azure);
    return this.#client;
  }
}

function request(
  spec: RoleAssignmentSpec,
  before: { readonly name: string; readonly description: string } | undefined,
): { readonly name: string; readonly body: RoleAssignmentCreateParameters } {
  const { scope, principalId, subscriptionId, roleId, condition, note, madeBy } = spec;
  const roleDefinitionId = `${subscriptionScope(subscriptionId)}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
  const body = {
    roleDefinitionId,
    principalId,
    principalType: 'ServicePrincipal',
    description: before && note === undefined ? before.description : marker(madeBy, note),
    ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
  };
  return { name: before?.name ?? armGuid(scope, principalId, roleDefinitionId), body };
}

async function openClient(azure: AzureSession): Promise<AuthorizationManagementClient> {
  const { AuthorizationManagementClient } = await import('@azure/arm-authorization');
  return new AuthorizationManagementClient(azure.credential, azure.subscriptionId, clientOptions(azure));
}

function describeAssignment(assignment: RoleAssignment): FoundAssignment {
  return {
    id: assignment.id ?? '',
    scope: assignment.scope ?? '',
    // The same role is written with or without a subscription in front; its GUID is what counts.
    roleId: assignment.roleDefinitionId?.split('/').at(-1) ?? '',
    principalId: assignment.principalId ?? '',
    description: assignment.description ?? '',
    condition: assignment.condition ?? '',
    principalType: assignment.principalType ?? '',
  };
}
