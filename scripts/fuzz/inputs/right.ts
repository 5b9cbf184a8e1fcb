/** Values that each input of each task takes, in the world of the scenario. */
import fc from 'fast-check';
import { nearly } from './hostile.ts';

/** Stands for the id of the scenario's subscription, which is known once it runs. */
export const SUBSCRIPTION = '{{subscription}}';

const group = '_rg-aks-p-we-001';
const nodeGroup = 'MC__rg-aks-p-we-001_aks-p-we-001_westeurope';
const clusterName = 'aks-p-we-001';
const inGroup = (name: string, type: string, resource: string): string =>
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/${name}/providers/${type}/${resource}`;
const clusterId = inGroup(group, 'Microsoft.ContainerService/managedClusters', clusterName);
const podsId = inGroup(group, 'Microsoft.ManagedIdentity/userAssignedIdentities', 'id-pods');
const kubeletId = inGroup(nodeGroup, 'Microsoft.ManagedIdentity/userAssignedIdentities', 'aks-p-we-001-AgentPool');
const vaultId = inGroup('_rg-infra-p-we-001', 'Microsoft.KeyVault/vaults', 'kvpwe001');

/** Undefined: left empty. */
export type Right = fc.Arbitrary<string | undefined>;

const some = (...texts: readonly (string | undefined)[]): Right => fc.constantFrom(...texts);
const given = (arbitrary: fc.Arbitrary<string>): Right => fc.option(arbitrary, { nil: undefined, freq: 2 });
const flag = some(undefined, undefined, 'true', 'false', 'False');

const role = fc.constantFrom(
  'Reader',
  'reader',
  'Key Vault Secrets User',
  'Keyless Pods deployer',
  'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
);
const scope = fc.constantFrom(
  '{nodeResourceGroup}',
  '{clusterResourceGroup}',
  '{identity}',
  '{cluster}',
  '{subscription}',
  '{subscription}/resourceGroups/_rg-infra-p-we-001',
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/_rg-infra-p-we-001`,
  vaultId,
  clusterId,
  `${clusterId}/`,
);
const grant = fc
  .tuple(role, scope, fc.constantFrom('', '', ' # why', '\ndescription: for the pods', '\n\n# between'))
  .map(([name, where, more]) => `${name} @ ${where}${more}`);
const lines = (line: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(line, { minLength: 1, maxLength: 3 }), fc.constantFrom('\n', '\r\n', '\n\n  '))
    .map(([all, between]) => all.join(between));

const list = (...names: readonly string[]): Right =>
  given(
    fc
      .tuple(fc.subarray([...names], { minLength: 1 }), fc.constantFrom(',', ', ', ' , '))
      .map(([all, between]) => all.join(between)),
  );

const connection = {
  azureSubscription: some('azure-conn', 'azure-conn', 'azure-conn-certificate', 'azure-conn-federated'),
  timeoutInMinutes: some(undefined, '5', '1', '10', '2.5'),
};
const aCluster = { resourceGroup: some(group), clusterName: some(clusterName) };
const grantee = some(undefined, 'kubelet', 'id-pods', `${group}/id-pods`, podsId, kubeletId, 'controlPlane', 'nobody');
const ofGrants = { wait: flag, outputPlanFile: some(undefined, 'plan.json', 'plans/this.json') };
const kube = {
  kubernetesServiceConnection: some(undefined, undefined, 'cluster-conn'),
  clusterAccess: some(undefined, undefined, 'auto', 'direct', 'runCommand'),
  namespace: some(undefined, 'default'),
};
const vault = some('kvpwe001', 'KVPWE001', '_rg-infra-p-we-001/kvpwe002', vaultId, 'kvnobody');

export const right: Readonly<Record<string, Readonly<Record<string, Right>>>> = {
  AksRoleGrants: {
    ...connection,
    ...aCluster,
    ...ofGrants,
    action: some(undefined, 'apply', 'apply', 'preview', 'remove', 'Remove'),
    identity: grantee,
    preset: some(undefined, 'podIdentity', 'podIdentityClassic', 'none', 'none'),
    grants: given(lines(grant)),
    principalObjectId: some(undefined, undefined, '9d3e7b54-0c62-4f1a-b8a5-6e2f94c07d13'),
  },
  KeyVaultGrant: {
    ...connection,
    ...aCluster,
    ...ofGrants,
    action: some(undefined, 'apply', 'apply', 'preview', 'remove'),
    identity: grantee,
    keyVault: vault,
    secretPermissions: list('get', 'list', 'Get', 'none'),
    keyPermissions: list('get', 'wrapKey', 'UNWRAPKEY', 'none'),
    certificatePermissions: list('get', 'list', 'none'),
    secretName: some(undefined, undefined, 'password', 'not-there'),
  },
  PodIdentityInstall: {
    ...connection,
    ...aCluster,
    ...kube,
    action: some(undefined, 'apply', 'preview', 'remove'),
    allowKubenet: flag,
    force: flag,
  },
  PodIdentityBind: {
    ...connection,
    ...aCluster,
    ...kube,
    action: some(undefined, 'apply', 'preview', 'remove'),
    identity: some(undefined, 'kubelet', 'id-pods', podsId),
    azureIdentityName: some(undefined, 'pods', 'pods.of.web'),
    bindingName: some(undefined, 'pods-binding'),
    selector: some(undefined, 'web'),
    workloads: given(lines(fc.constantFrom('deployment/web', 'sts/db', 'daemonset/agent', 'helm/shop', '# none'))),
    pods: some(undefined, undefined, 'app=web', 'app in (a, b)', '!x'),
  },
  PodSecretCheck: {
    ...connection,
    ...aCluster,
    ...kube,
    workload: some('deployment/web', 'sts/db', 'rs/x'),
    pods: some(undefined, undefined, 'first', 'everyNode', 'ALL'),
    parallel: some(undefined, '1', '20'),
    probe: some(undefined, 'auto', 'Exec', 'ephemeralContainer'),
    probeImage: some(undefined, 'registry.example/curl:1'),
    retry: flag,
    junitFile: some(undefined, 'pods.xml', 'results/pods.xml'),
    container: some(undefined, 'web'),
    keyVault: vault,
    secretName: some('password', 'not-there'),
    secretVersion: some(undefined, '0123456789abcdef0123456789ABCDEF'),
    expectedSha256: some(undefined, 'ab'.repeat(32)),
    clientId: some(undefined, '2f0a6c1e-5b9d-4c38-9e47-80d3b1a6f752'),
  },
};

/** Values of which every part may be wrong in itself, where changing the whole would mostly break its outline. */
export const askew: Readonly<Record<string, fc.Arbitrary<string>>> = {
  grants: lines(
    fc
      .tuple(fc.oneof(role, nearly(role)), fc.oneof(scope, nearly(scope), nearly(scope)))
      .map(([name, where]) => `${name} @ ${where}`),
  ),
  identity: nearly(fc.constantFrom(podsId, kubeletId, `${group}/id-pods`, 'id-pods')),
  keyVault: nearly(fc.constantFrom(vaultId, '_rg-infra-p-we-001/kvpwe002')),
  clusters: nearly(fc.constantFrom(clusterId, `${group}/${clusterName}`, `${group}/*`)),
  workloads: nearly(fc.constantFrom('deployment/web', 'constructor/web', '__proto__/web')),
  workload: fc.constantFrom('constructor/web', '__proto__/web', 'tostring/web'),
};

/** Inputs that are empty in most runs, since they exclude others; generated as far as they are right at all. */
export const seldom: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<string>>>>> = {
  AksRoleGrants: fleet(),
  KeyVaultGrant: fleet(),
  PodIdentityInstall: {},
  PodIdentityBind: {},
  PodSecretCheck: { podSelector: fc.constantFrom('app=web', 'app in (a, b)') },
};

function fleet(): Readonly<Record<string, fc.Arbitrary<string>>> {
  const line = fc.constantFrom(`${group}/${clusterName}`, `${group}/*`, clusterId, 'query: Resources | project id');
  return { clusters: lines(line), failFast: fc.constantFrom('true', 'false') };
}
