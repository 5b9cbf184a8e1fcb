import assert from 'node:assert/strict';
import { clusterId, identityId, startTestAzure, subscription, vaultId, type TestAzure } from './world.ts';

const authorization = `${subscription}/providers/Microsoft.Authorization`;
const reader = `${authorization}/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`;
const permissions = `${vaultId('kvroles')}/providers/Microsoft.Authorization/permissions`;
const deleted = `${subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kvprotected`;

/**
 * Versions from the oldest that is accepted to the newest; `from` a version on, these properties are there, and before it
 * they are not. Source: models of azure-mgmt-containerservice, -keyvault, -msi, -authorization, -resource on PyPI.
 */
const resources: readonly {
  readonly title: string;
  readonly path: string;
  readonly always: readonly string[];
  readonly from: Readonly<Record<string, readonly string[]>>;
}[] = [
  {
    title: 'a cluster',
    path: clusterId,
    always: ['identity', 'sku', 'properties.kubernetesVersion', 'properties.identityProfile', 'properties.powerState'],
    from: {
      '2020-09-01': [],
      '2022-09-01': ['properties.securityProfile', 'properties.storageProfile', 'properties.oidcIssuerProfile'],
      '2024-02-01': ['properties.supportPlan', 'properties.resourceUID', 'properties.networkProfile.networkDataplane'],
      '2026-04-01': ['eTag', 'properties.nodeResourceGroupProfile'],
    },
  },
  {
    title: 'a vault',
    path: vaultId('kvwalled'),
    always: ['properties.vaultUri', 'properties.accessPolicies', 'properties.enableSoftDelete'],
    from: {
      '2015-06-01': [],
      '2018-02-14': ['properties.networkAcls'],
      '2019-09-01': ['properties.enableRbacAuthorization', 'properties.provisioningState'],
      '2023-07-01': ['properties.publicNetworkAccess'],
      '2026-02-01': [],
    },
  },
  {
    title: 'a deleted vault',
    path: deleted,
    always: ['properties.vaultId', 'properties.deletionDate', 'properties.scheduledPurgeDate'],
    from: { '2016-10-01': [], '2019-09-01': ['properties.purgeProtectionEnabled'], '2026-02-01': [] },
  },
  {
    title: 'an identity',
    path: identityId('one'),
    always: ['properties.clientId', 'properties.principalId', 'properties.tenantId'],
    from: { '2015-08-31-preview': [], '2023-01-31': [], '2024-11-30': ['properties.isolationScope'] },
  },
  {
    title: 'a role assignment',
    path: `${authorization}/roleAssignments`,
    always: ['properties.principalId', 'properties.roleDefinitionId', 'properties.scope'],
    from: {
      '2015-07-01': [],
      '2018-09-01-preview': ['properties.principalType'],
      '2022-04-01': ['properties.condition', 'properties.description', 'properties.createdOn'],
    },
  },
  {
    title: 'a role definition',
    path: reader,
    always: ['properties.roleName', 'properties.permissions.actions'],
    from: {
      '2015-07-01': [],
      '2018-01-01-preview': ['properties.permissions.dataActions', 'properties.permissions.notDataActions'],
      '2022-05-01-preview': ['properties.createdOn'],
    },
  },
  {
    title: 'permissions',
    path: permissions,
    always: ['actions', 'notActions'],
    from: { '2015-07-01': [], '2018-01-01-preview': ['dataActions', 'notDataActions'], '2022-05-01-preview': [] },
  },
  {
    title: 'a subscription',
    path: subscription,
    always: ['subscriptionId', 'displayName', 'state'],
    from: { '2016-06-01': [], '2018-06-01': ['tenantId'], '2022-12-01': ['managedByTenants'] },
  },
];

describe('each resource in its API versions', () => {
  let azure: TestAzure;
  before(async () => {
    azure = await startTestAzure();
  });
  after(() => azure.stop());

  for (const { title, path, always, from } of resources) {
    for (const version of Object.keys(from)) {
      it(`shows ${title} in ${version} with what that version knows`, async () => {
        const { status, body } = await azure.arm('GET', `${path}?api-version=${version}`);
        assert.equal(status, 200);
        const [shown = body] = (body.value as (typeof body)[] | undefined) ?? [];
        const known = Object.entries(from).flatMap(([since, names]) => (since <= version ? names : []));
        const unknown = Object.entries(from).flatMap(([since, names]) => (since > version ? names : []));
        assert.deepEqual(
          [...always, ...known].filter((name) => !has(shown, name)),
          [],
          'missing',
        );
        assert.deepEqual(
          unknown.filter((name) => has(shown, name)),
          [],
          'too early',
        );
      });
    }
    it(`shows ${title} in no version before the oldest or after the newest`, async () => {
      for (const version of ['2014-01-01', '2030-01-01', 'latest']) {
        const { outcome } = await azure.arm('GET', `${path}?api-version=${version}`);
        assert.equal(outcome, '400 InvalidApiVersionParameter');
      }
    });
  }
});

function has(body: unknown, path: string): boolean {
  let at: unknown = body;
  for (const name of path.split('.')) {
    const object = Array.isArray(at) ? (at as readonly unknown[])[0] : at;
    if (typeof object !== 'object' || object === null || !(name in object)) return false;
    at = (object as Readonly<Record<string, unknown>>)[name];
  }
  return true;
}
