import type { AuthorizationManagementClient, RoleAssignment } from '@azure/arm-authorization';
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
import { carriesMarker, marker } from './spec.ts';

export interface RoleAssignmentContext {
  readonly azure: AzureSession;
  readonly clock: Clock;
  readonly budget: Budget;
}

type Handler = ResourceHandler<RoleAssignmentSpec, RoleAssignmentState>;

/** Role assignments through Azure Resource Manager. Object ids only: no request to Microsoft Graph. */
export function roleAssignments(context: RoleAssignmentContext): Handler {
  const access = new RoleAssignmentAccess(context);
  return {
    kind: 'role assignment',
    key: ({ scope, roleId, principalId }) => resourceKey('roleAssignment', scope, roleId, principalId),
    describe: ({ roleName, scopeLabel, principalLabel }) => `${roleName} for ${principalLabel} at ${scopeLabel}`,
    read: async (spec, signal) => {
      const state = await access.find(spec, signal);
      return state.here.length + state.above.length > 0 ? { found: true, state } : { found: false };
    },
    compare: compareRoleAssignment,
    apply: async ({ action, spec, observed }, signal) => {
      if (action !== 'delete') await access.create(spec, signal);
      else if (observed.found) await access.delete(spec, observed.state, signal);
    },
  };
}

class RoleAssignmentAccess {
  readonly #context: RoleAssignmentContext;
  #client: Promise<AuthorizationManagementClient> | undefined;
  /** One list a scope and principal serves all goals that ask for it. */
  readonly #lists = new Map<string, Promise<readonly FoundAssignment[]>>();

  constructor(context: RoleAssignmentContext) {
    this.#context = context;
  }

  async find({ scope, roleId, principalId }: RoleAssignmentSpec, signal: AbortSignal): Promise<RoleAssignmentState> {
    const key = `${scope}|${principalId}`.toLowerCase();
    const listed = this.#lists.get(key) ?? this.#list(scope, principalId, signal);
    this.#lists.set(key, listed);
    const equal = (await listed).filter(
      (each) => sameIgnoringCase(each.roleId, roleId) && sameIgnoringCase(each.principalId, principalId),
    );
    const here = equal.filter((each) => sameScope(each.scope, scope));
    return { here, above: equal.filter((each) => !here.includes(each) && covers(each.scope, scope)) };
  }

  async #list(scope: string, principalId: string, abortSignal: AbortSignal): Promise<readonly FoundAssignment[]> {
    const client = await this.#open();
    const found: FoundAssignment[] = [];
    try {
      // `principalId eq` gives assignments at, above and below the scope in one answer.
      const pages = client.roleAssignments.listForScope(scope, {
        filter: `principalId eq '${principalId}'`,
        abortSignal,
      });
      for await (const assignment of pages) found.push(describeAssignment(assignment));
    } catch (error) {
      throw this.#failure(error, `list the role assignments at ${scope}`);
    }
    return found;
  }

  /** A new principal takes minutes to be known everywhere, so PrincipalNotFound is retried while the budget lasts. */
  async create(spec: RoleAssignmentSpec, abortSignal: AbortSignal): Promise<void> {
    const { clock, budget } = this.#context;
    const client = await this.#open();
    const roleDefinitionId = `${subscriptionScope(spec.subscriptionId)}/providers/Microsoft.Authorization/roleDefinitions/${spec.roleId}`;
    const name = armGuid(spec.scope, spec.principalId, roleDefinitionId);
    const body = {
      roleDefinitionId,
      principalId: spec.principalId,
      principalType: 'ServicePrincipal',
      description: marker(spec.madeBy),
    };
    for (let pause = 2_000; ; pause = Math.min(pause * 2, 20_000)) {
      try {
        await client.roleAssignments.create(spec.scope, name, body, { abortSignal });
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

  async delete(spec: RoleAssignmentSpec, { here }: RoleAssignmentState, abortSignal: AbortSignal): Promise<void> {
    const client = await this.#open();
    for (const { id } of here.filter(carriesMarker)) {
      try {
        await client.roleAssignments.deleteById(id, { abortSignal });
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
  };
}
