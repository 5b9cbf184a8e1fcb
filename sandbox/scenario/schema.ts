/** JSON Schema of a scenario file as a person writes it: names only are required, {@link completeScenario} fills the rest. */
import { delaysSchema } from '../kit/delays.ts';

type Schema = Readonly<Record<string, unknown>>;

const name: Schema = { type: 'string', minLength: 1 };
const guid: Schema = {
  type: 'string',
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
};
const text: Schema = { type: 'string' };
/** ISO 8601 */
const time: Schema = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$' };
/** `resourceGroup/name` */
const inGroup: Schema = { type: 'string', pattern: '^[^/]+/[^/]+$' };
const flag = (standard: boolean): Schema => ({ type: 'boolean', default: standard });
const choice = (...values: readonly string[]): Schema => ({ enum: values, default: values[0] });
const list = (items: Schema): Schema => ({ type: 'array', items, default: [] });

function object(required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return {
    type: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  };
}

const application = object(
  { name },
  {
    clientId: guid,
    objectId: guid,
    secret: name,
    secretExpired: flag(false),
    certificate: choice('none', 'valid', 'expired'),
    directoryReader: flag(false),
    federatedCredentials: list(object({ issuer: name, subject: name }, { audience: text })),
  },
);

const node = object(
  { name, scaleSet: name },
  { os: choice('linux', 'windows'), labels: { type: 'object', additionalProperties: text, default: {} } },
);

const cluster = object(
  { name, nodeResourceGroup: name },
  {
    kubernetesVersion: { type: 'string', pattern: '^1\\.\\d+\\.\\d+$', default: '1.33.5' },
    kubeletIdentity: inGroup,
    identityType: choice('SystemAssigned', 'UserAssigned', 'None'),
    enableRbac: flag(true),
    networkPlugin: choice('azure', 'kubenet', 'none'),
    nodeRestriction: choice('Unrestricted', 'ReadOnly'),
    podIdentityAddon: flag(false),
    disableLocalAccounts: flag(false),
    privateCluster: flag(false),
    disableRunCommand: flag(false),
    entra: choice('none', 'kubernetesRbac', 'azureRbac'),
    powerState: choice('Running', 'Stopped'),
    apiServer: flag(true),
    provisioningState: { ...name, default: 'Succeeded' },
    tags: { type: 'object', additionalProperties: text, default: {} },
    nodes: list(node),
    objects: list({
      type: 'object',
      required: ['apiVersion', 'kind', 'metadata'],
      properties: {
        apiVersion: name,
        kind: name,
        metadata: { type: 'object', required: ['name'], properties: { name }, additionalProperties: true },
      },
      additionalProperties: true,
    }),
  },
);

const vault = object(
  { name: { type: 'string', pattern: '^[a-zA-Z][a-zA-Z0-9-]{2,23}$' } },
  {
    rbac: flag(false),
    accessPolicies: list(
      object(
        { principal: name },
        { applicationId: guid, secrets: list(name), keys: list(name), certificates: list(name) },
      ),
    ),
    secrets: list(
      object(
        { name: { type: 'string', pattern: '^[0-9a-zA-Z-]{1,127}$' } },
        { value: text, enabled: flag(true), notBefore: time, expires: time },
      ),
    ),
    networkAcls: object(
      { defaultAction: { enum: ['Allow', 'Deny'] } },
      { ipRules: list(name), bypass: { enum: ['None', 'AzureServices'] } },
    ),
    publicNetworkAccess: choice('Enabled', 'Disabled'),
    tenant: name,
    deleted: flag(false),
    purgeProtection: flag(false),
    softDeleteRetentionInDays: { type: 'integer', minimum: 7, maximum: 90, default: 90 },
  },
);

const resourceGroup = object(
  { name },
  {
    location: { ...name, default: 'westeurope' },
    identities: list(object({ name }, { clientId: guid, principalId: guid })),
    clusters: list(cluster),
    vaults: list(vault),
    scaleSets: list(object({ name }, { identities: list(name) })),
  },
);

const roleAssignment = { role: name, principal: name };
const roleAssignmentDetails = { name: guid, description: text, condition: name };

const denyAssignment = {
  id: guid,
  description: text,
  actions: list(name),
  notActions: list(name),
  dataActions: list(name),
  notDataActions: list(name),
  principals: list(name),
  excludePrincipals: list(name),
  doNotApplyToChildScopes: flag(false),
};

const managementGroup = object(
  { name: { type: 'string', pattern: '^[-\\w().]{1,90}$' }, tenant: name },
  {
    displayName: name,
    parent: name,
    subscriptions: list(name),
    roleAssignments: list(object(roleAssignment, roleAssignmentDetails)),
    denyAssignments: list(object({ name }, denyAssignment)),
  },
);

const subscription = object(
  { name, tenant: name },
  {
    id: guid,
    resourceGroups: list(resourceGroup),
    customRoles: list(
      object(
        { name },
        { id: guid, actions: list(name), notActions: list(name), dataActions: list(name), notDataActions: list(name) },
      ),
    ),
    roleAssignments: list(object({ ...roleAssignment, scope: name }, roleAssignmentDetails)),
    denyAssignments: list(object({ name, scope: name }, denyAssignment)),
    locks: list(object({ name, scope: name, level: { enum: ['CanNotDelete', 'ReadOnly'] } }, { notes: text })),
  },
);

const azureConnection = object(
  { kind: { const: 'AzureRM' }, name, subscription: name },
  {
    id: guid,
    scheme: choice('ServicePrincipal', 'WorkloadIdentityFederation', 'ManagedServiceIdentity'),
    application: { ...text, default: '' },
    identity: inGroup,
    authenticationType: choice('spnKey', 'spnCertificate'),
  },
);

const kubernetesConnection = object(
  { kind: { const: 'Kubernetes' }, name, cluster: name },
  {
    id: guid,
    authorizationType: choice('Kubeconfig', 'ServiceAccount'),
    serviceAccount: { type: 'string', pattern: '^[^/]+/[^/]+$' },
    namespace: name,
  },
);

const above0: Schema = { type: 'number', exclusiveMinimum: 0 };
const bucket = object({ size: { type: 'integer', minimum: 1 }, perSecond: above0 });

const throttling: Schema = {
  if: { type: 'string' },
  then: { const: 'off' },
  else: object({}, { reads: bucket, writes: bucket, deletes: bucket, speed: above0 }),
};

/** What a scenario file may say; the JSON Schema of that shape. */
export const scenarioSchema = object(
  { tenants: { ...list(object({ name }, { id: guid, applications: list(application) })), minItems: 1 } },
  {
    cloud: choice('AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud', 'AzureStack'),
    subscriptions: list(subscription),
    managementGroups: list(managementGroup),
    throttling,
    delays: delaysSchema,
    tokenLifetime: { type: 'integer', minimum: 1 },
    pageSize: { type: 'integer', minimum: 1 },
    agent: object({}, { systemAssigned: inGroup, userAssigned: list(inGroup) }),
    serviceConnections: list({
      type: 'object',
      required: ['kind'],
      discriminator: { propertyName: 'kind' },
      oneOf: [azureConnection, kubernetesConnection],
    }),
  },
);
