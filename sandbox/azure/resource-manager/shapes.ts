/**
 * Which API version first shows a property: older ones leave it out. Source: the models of azure-mgmt-containerservice 30
 * to 33, -keyvault 10.3, -msi 7.0, -authorization 4.0 and -resource 23.1 on PyPI, which have a folder for each version.
 */
import type { Call } from './route.ts';

/** Path of the property, through lists as if they were not there. */
type Since = Readonly<Record<string, string>>;

const shapes = {
  cluster: {
    identity: '2019-04-01',
    sku: '2020-03-01',
    eTag: '2024-09-01',
    'properties.powerState': '2020-09-01',
    'properties.podIdentityProfile': '2020-11-01',
    'properties.podIdentityProfile.allowNetworkPluginKubenet': '2021-02-01',
    'properties.disableLocalAccounts': '2021-03-01',
    'properties.apiServerAccessProfile': '2019-10-01',
    'properties.apiServerAccessProfile.disableRunCommand': '2021-09-01',
    'properties.securityProfile': '2021-07-01',
    'properties.currentKubernetesVersion': '2022-04-01',
    'properties.storageProfile': '2022-04-01',
    'properties.oidcIssuerProfile': '2022-09-01',
    'properties.supportPlan': '2023-03-01',
    'properties.resourceUID': '2023-08-01',
    'properties.nodeResourceGroupProfile': '2024-09-01',
    'properties.networkProfile.ipFamilies': '2021-10-01',
    'properties.networkProfile.networkDataplane': '2023-02-01',
    'properties.agentPoolProfiles.powerState': '2020-09-01',
    'properties.agentPoolProfiles.currentOrchestratorVersion': '2022-04-01',
  },
  agentPool: { 'properties.powerState': '2020-09-01', 'properties.currentOrchestratorVersion': '2022-04-01' },
  identity: { systemData: '2023-01-31', 'properties.isolationScope': '2024-11-30' },
  vault: {
    systemData: '2021-10-01',
    'properties.networkAcls': '2018-02-14',
    'properties.provisioningState': '2019-09-01',
    'properties.softDeleteRetentionInDays': '2019-09-01',
    'properties.enableRbacAuthorization': '2019-09-01',
    'properties.publicNetworkAccess': '2021-10-01',
  },
  deletedVault: { 'properties.purgeProtectionEnabled': '2019-09-01' },
  roleAssignment: {
    'properties.principalType': '2018-09-01',
    'properties.condition': '2020-04-01',
    'properties.conditionVersion': '2020-04-01',
    'properties.createdOn': '2020-04-01',
    'properties.createdBy': '2020-04-01',
    'properties.updatedOn': '2020-04-01',
    'properties.updatedBy': '2020-04-01',
    'properties.delegatedManagedIdentityResourceId': '2020-04-01',
    'properties.description': '2020-04-01',
  },
  roleDefinition: {
    'properties.permissions.dataActions': '2018-01-01',
    'properties.permissions.notDataActions': '2018-01-01',
    'properties.permissions.condition': '2022-05-01',
    'properties.permissions.conditionVersion': '2022-05-01',
    'properties.createdOn': '2022-04-01',
    'properties.createdBy': '2022-04-01',
    'properties.updatedOn': '2022-04-01',
    'properties.updatedBy': '2022-04-01',
  },
  permission: {
    dataActions: '2018-01-01',
    notDataActions: '2018-01-01',
    condition: '2022-05-01',
    conditionVersion: '2022-05-01',
  },
  subscription: { tenantId: '2018-06-01', managedByTenants: '2019-06-01' },
} as const satisfies Readonly<Record<string, Since>>;

export type Shape = keyof typeof shapes;

/** The body as the version that was asked shows it. Previews count as the day that they are named after. */
export function shapedFor({ version }: Pick<Call, 'version'>, shape: Shape, body: object): object {
  const day = version.slice(0, 10);
  const unknown = Object.entries<string>(shapes[shape])
    .filter(([, since]) => day < since)
    .map(([path]) => path);
  return unknown.length === 0 ? body : (without(unknown, '', body) as object);
}

function without(paths: readonly string[], at: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => without(paths, at, item));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .map(([name, inner]): [string, string, unknown] => [name, at === '' ? name : `${at}.${name}`, inner])
    .filter(([, path]) => !paths.includes(path))
    .map(([name, path, inner]): [string, unknown] => [name, without(paths, path, inner)]);
  return Object.fromEntries(kept);
}
