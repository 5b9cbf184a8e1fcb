import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Endpoint } from '../../../sandbox/agent/index.ts';
import { cloudOf } from '../../../sandbox/clouds.ts';
import { parseScenario } from '../../../sandbox/scenario/load.ts';
import { examples, startWorld, type World } from '../../support/world.ts';
import { smallScenario } from './cloud-world.ts';

const inputs = { resourceGroup: 'app', clusterName: 'aks', action: 'preview', azureSubscription: 'secret' };

/** The connection `secret`, its data changed by this; undefined removes a value. */
function changed({ sandbox }: World, changes: Readonly<Record<string, string | undefined>>): readonly Endpoint[] {
  return sandbox.connection.publicServiceConnections.map((endpoint) => {
    const variables = new Map(Object.entries(endpoint.variables));
    for (const [key, value] of Object.entries(changes)) {
      const name = `ENDPOINT_DATA_${endpoint.id}_${key.toUpperCase()}`;
      if (value === undefined) variables.delete(name);
      else variables.set(name, value);
    }
    return { ...endpoint, variables: Object.fromEntries(variables) };
  });
}

describe('a service connection to an Azure Stack Hub that says little', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ scenario: smallScenario('AzureStack') });
  });
  after(() => world.stop());
  beforeEach(() => {
    world.sandbox.requests.clear();
  });

  const silent = {
    activeDirectoryAuthority: undefined,
    environmentAuthorityUrl: undefined,
    activeDirectoryServiceEndpointResourceId: undefined,
    enableAdfsAuthentication: undefined,
  };

  it('is asked for its authority and audience, and works', async () => {
    const run = await world.run('AksRoleGrants', inputs, { endpoints: changed(world, silent) });
    assert.equal(run.result, 'Succeeded', run.log.join('\n'));
    const [first, second] = world.sandbox.requests.all().filter(({ server }) => server !== 'proxy');
    assert.equal(first?.path, '/metadata/endpoints?api-version=2015-01-01');
    assert.deepEqual([second?.server, second?.path], ['entra', '/adfs/oauth2/token']);
  });

  it('is not asked where the connection says enough', async () => {
    const run = await world.run('AksRoleGrants', inputs);
    assert.equal(run.result, 'Succeeded', run.log.join('\n'));
    assert.ok(world.sandbox.requests.all().every((request) => !request.path.includes('/metadata/')));
  });

  it('says what is wrong where ADFS does not know the audience', async () => {
    const endpoints = changed(world, { activeDirectoryServiceEndpointResourceId: 'https://management.elsewhere' });
    const run = await world.run('AksRoleGrants', inputs, { endpoints });
    assert.match(run.issues[0]?.message ?? '', /CON002.*ADFS.*MSIS9602.*metadata\/endpoints/s);
  });
});

describe('a service connection', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ scenario: smallScenario('AzureCloud') });
  });
  after(() => world.stop());
  beforeEach(() => {
    world.sandbox.requests.clear();
  });

  const refusals: readonly [string, Readonly<Record<string, string | undefined>>, RegExp][] = [
    [
      'to a management group says that it has no subscription',
      { subscriptionId: undefined, scopeLevel: 'ManagementGroup', managementGroupId: 'mg-platform' },
      /CON007.*management group mg-platform.*scope level Subscription/s,
    ],
    ['to Azure Germany says that the cloud is closed', { environment: 'AzureGermanCloud' }, /CON009.*2021/s],
  ];
  for (const [title, data, message] of refusals) {
    it(`${title}, and asks nobody`, async () => {
      const run = await world.run('AksRoleGrants', inputs, { endpoints: changed(world, data) });
      assert.equal(run.result, 'Failed');
      assert.match(run.issues[0]?.message ?? '', message);
      assert.deepEqual(world.sandbox.requests.all(), []);
    });
  }
});

const articleIn = (cloud: string): string => {
  const file = path.join(import.meta.dirname, '../../../sandbox/scenarios/article.yml');
  return JSON.stringify({ ...(parse(readFileSync(file, 'utf8')) as object), cloud });
};

for (const name of ['AzureUSGovernment', 'AzureChinaCloud'] as const) {
  describe(`the article's pipeline in ${name}`, function () {
    this.timeout(180_000);
    let world: World;
    before(async () => {
      world = await startWorld({ scenario: parseScenario(articleIn(name)) });
    });
    after(() => world.stop());

    it('works to the end, and neither a task nor a pod asks for a name of another cloud', async () => {
      const run = await world.pipeline(readFileSync(path.join(examples, 'article.yml'), 'utf8'));
      const log = run.jobs.flatMap(({ steps }) => steps.flatMap((step) => step.run?.log ?? []));
      assert.equal(run.result, 'Succeeded', log.join('\n'));
      const { resourceManager, authorities, vaultSuffix } = cloudOf(name);
      const own = new Set([resourceManager, authorities[0], `kvpwe001.${vaultSuffix}`, '169.254.169.254', 'localhost']);
      const asked = world.sandbox.requests.all().filter(({ server }) => server === 'proxy');
      const hosts = new Set(asked.map(({ host }) => host.replace(/:\d+$/, '')));
      assert.deepEqual(
        [...hosts].filter((host) => !own.has(host)),
        [],
      );
      assert.ok(hosts.has(`kvpwe001.${vaultSuffix}`), 'the pod asked the vault of this cloud');
    });
  });
}
