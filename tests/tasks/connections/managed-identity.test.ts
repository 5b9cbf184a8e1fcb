import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { withoutSystemIdentity, worldOfConnections } from './world.ts';

const inputs = { resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001', action: 'preview' };

describe('a service connection with a managed identity', function () {
  this.timeout(60_000);
  let world: World;
  const callers = new Set<unknown>();
  before(async () => {
    world = await startWorld({
      scenario: worldOfConnections(),
      intercept: ({ server, headers }) => {
        const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
        if (server === 'resourceManager' && token !== undefined) callers.add(decodeJwt(token)['appid']);
        return undefined;
      },
    });
  });
  after(() => world.stop());
  beforeEach(() => {
    callers.clear();
    world.sandbox.requests.clear();
  });

  const clientIdOf = (wanted: string): string => {
    const groups = world.sandbox.scenario.subscriptions.flatMap(({ resourceGroups }) => resourceGroups);
    return groups.flatMap(({ identities }) => identities).find(({ name }) => name === wanted)!.clientId;
  };

  for (const [azureSubscription, identity] of [
    ['machine', 'agent-machine'],
    ['one', 'agent-one'],
  ] as const) {
    it(`is ${identity} for the connection "${azureSubscription}", and asks for its token without the proxy`, async () => {
      const run = await world.run('AksRoleGrants', { ...inputs, azureSubscription });
      assert.equal(run.result, 'Succeeded', run.log.join('\n'));
      assert.deepEqual([...callers], [clientIdOf(identity)]);
      const requests = world.sandbox.requests.all();
      const metadata = requests.filter(({ path }) => path.startsWith('/metadata/'));
      assert.deepEqual(
        metadata.map(({ server }) => server),
        ['agentMetadata'],
      );
      const proxied = requests.filter(({ server }) => server === 'proxy');
      assert.ok(proxied.length > 0, 'Azure itself is reached through the proxy');
      assert.deepEqual(
        proxied.filter(({ host }) => !host.startsWith('management.azure.com')).map(({ host }) => host),
        [],
      );
    });
  }

  it('is refused with its code where the machine has not this identity', async () => {
    const run = await world.run('AksRoleGrants', { ...inputs, azureSubscription: 'elsewhere' });
    assert.equal(run.result, 'Failed');
    assert.match(run.issues[0]!.message, /CON006.*Identity not found/s);
  });

  it('asks for the client id where the machine has several and the connection names none', async () => {
    const other = await startWorld({ scenario: worldOfConnections(withoutSystemIdentity) });
    try {
      const run = await other.run('AksRoleGrants', { ...inputs, azureSubscription: 'machine' });
      assert.equal(run.result, 'Failed');
      assert.match(run.issues[0]!.message, /CON006.*client id/s);
    } finally {
      await other.stop();
    }
  });
});
