/** Fills ids and secrets that a scenario leaves out. Constants are the schema's defaults and are there already. */
import { cloudOf, type SandboxCloud } from '../clouds.ts';
import { randomClientSecret, randomSecretValue, stableGuid } from './ids.ts';
import type {
  ApplicationSpec,
  DenyAssignmentSpec,
  ManagementGroupSpec,
  ResourceGroupSpec,
  RoleAssignmentSpec,
  Scenario,
  ServiceConnectionSpec,
  SubscriptionSpec,
  TenantSpec,
  VaultSpec,
} from './types.ts';

/** `{subscription}` in scopes and in the identities of scale sets becomes `/subscriptions/<id>`. */
export function completeScenario(written: Scenario): Scenario {
  return {
    cloud: written.cloud,
    tenants: written.tenants.map((tenant) => completeTenant(tenant, cloudOf(written.cloud))),
    subscriptions: written.subscriptions.map(completeSubscription),
    managementGroups: (written.managementGroups ?? []).map(completeManagementGroup),
    serviceConnections: written.serviceConnections.map(completeConnection),
    ...(written.agent === undefined ? {} : { agent: written.agent }),
    ...(written.pageSize === undefined ? {} : { pageSize: written.pageSize }),
    ...(written.throttling === undefined ? {} : { throttling: written.throttling }),
    delays: written.delays ?? [],
    ...(written.tokenLifetime === undefined ? {} : { tokenLifetime: written.tokenLifetime }),
  };
}

function completeTenant(tenant: TenantSpec, cloud: SandboxCloud): TenantSpec {
  return {
    ...tenant,
    id: given(tenant.id) ?? stableGuid('tenant', tenant.name),
    applications: tenant.applications.map((application) => completeApplication(tenant.name, application, cloud)),
  };
}

function completeApplication(tenant: string, application: ApplicationSpec, cloud: SandboxCloud): ApplicationSpec {
  return {
    ...application,
    clientId: given(application.clientId) ?? stableGuid('application', tenant, application.name, 'client'),
    objectId: given(application.objectId) ?? stableGuid('application', tenant, application.name, 'object'),
    secret: given(application.secret) ?? randomClientSecret(),
    federatedCredentials: application.federatedCredentials.map((credential) => ({
      ...credential,
      audience: given(credential.audience) ?? cloud.federationAudience,
    })),
  };
}

function completeSubscription(subscription: SubscriptionSpec): SubscriptionSpec {
  const id = given(subscription.id) ?? stableGuid('subscription', subscription.name);
  const place = (path: string): string => path.replaceAll('{subscription}', `/subscriptions/${id}`);
  return {
    ...subscription,
    id,
    resourceGroups: subscription.resourceGroups.map((group) => completeResourceGroup(id, group, place)),
    customRoles: subscription.customRoles.map((role) => ({
      ...role,
      id: given(role.id) ?? stableGuid('role', id, role.name),
    })),
    roleAssignments: subscription.roleAssignments.map((assignment) => completeAssignment(assignment, place)),
    denyAssignments: (subscription.denyAssignments ?? []).map((denial) => completeDenial(denial, place)),
    locks: (subscription.locks ?? []).map((lock) => ({ ...lock, scope: place(lock.scope) })),
  };
}

/** What is written there is about the group itself. */
function completeManagementGroup(group: ManagementGroupSpec): ManagementGroupSpec {
  const place = (): string => `/providers/Microsoft.Management/managementGroups/${group.name}`;
  return {
    ...group,
    roleAssignments: group.roleAssignments.map((assignment) => completeAssignment(assignment, place)),
    denyAssignments: group.denyAssignments.map((denial) => completeDenial(denial, place)),
  };
}

function completeAssignment(assignment: RoleAssignmentSpec, place: (scope: string) => string): RoleAssignmentSpec {
  const scope = place(assignment.scope);
  const { role, principal } = assignment;
  return { ...assignment, scope, name: given(assignment.name) ?? stableGuid('assignment', scope, role, principal) };
}

function completeDenial(denial: DenyAssignmentSpec, place: (scope: string) => string): DenyAssignmentSpec {
  const scope = place(denial.scope);
  return { ...denial, scope, id: given(denial.id) ?? stableGuid('deny assignment', scope, denial.name) };
}

function completeResourceGroup(
  subscription: string,
  group: ResourceGroupSpec,
  place: (path: string) => string,
): ResourceGroupSpec {
  return {
    ...group,
    identities: group.identities.map((identity) => ({
      ...identity,
      clientId: given(identity.clientId) ?? stableGuid('identity', subscription, group.name, identity.name, 'client'),
      principalId:
        given(identity.principalId) ?? stableGuid('identity', subscription, group.name, identity.name, 'principal'),
    })),
    vaults: group.vaults.map(completeVault),
    scaleSets: group.scaleSets.map((scaleSet) => ({ ...scaleSet, identities: scaleSet.identities.map(place) })),
  };
}

function completeVault(vault: VaultSpec): VaultSpec {
  return {
    ...vault,
    secrets: vault.secrets.map((secret) => ({ ...secret, value: given(secret.value) ?? randomSecretValue() })),
  };
}

function completeConnection(connection: ServiceConnectionSpec): ServiceConnectionSpec {
  const id = given(connection.id) ?? stableGuid('service connection', connection.name);
  return connection.kind === 'AzureRM'
    ? { ...connection, id, scheme: given(connection.scheme) ?? 'ServicePrincipal' }
    : { ...connection, id, authorizationType: given(connection.authorizationType) ?? 'Kubeconfig' };
}

/** The types say that these are there, because they are there afterwards; what was read may lack them. */
function given<Value>(value: Value): Value | undefined {
  return value;
}
