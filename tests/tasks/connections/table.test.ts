import assert from 'node:assert/strict';
import { fetchNode, type NodeMajor } from '../../../sandbox/agent/node-binary.ts';
import type { CloudName } from '../../../sandbox/clouds.ts';
import { skipLoudly } from '../../support/skip.ts';
import type { CloudWorld, Route, Scheme, Way } from './cloud-world.ts';
import { schemes, startCloudWorld, ways } from './cloud-world.ts';

/**
 * Each scheme in each cloud by each way, on both Nodes: the requests arrive under the cloud's own names with the cloud's
 * audience, nobody asks another cloud's name, and the proxy sees what it should.
 */
const clouds: readonly CloudName[] = ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud', 'AzureStack'];
const nodes: readonly NodeMajor[] = [20, 24];

const grants = { resourceGroup: 'app', clusterName: 'aks', action: 'preview' };
const vault = { keyVault: 'kvweb', identity: 'app/kubelet', action: 'preview' };

/** ADFS knows neither Azure DevOps nor Microsoft Entra, where the tokens of managed identities come from. */
const isOffered = (cloud: CloudName, scheme: Scheme): boolean =>
  cloud !== 'AzureStack' || scheme === 'secret' || scheme === 'certificate';

for (const name of clouds) {
  for (const password of [false, true]) {
    describe(`a service connection to ${name}, where the proxy asks for ${password ? 'a password' : 'nothing'}`, function () {
      this.timeout(60_000);
      let world: CloudWorld;
      const missing = new Set<NodeMajor>();
      before(async () => {
        world = await startCloudWorld(name, { password });
        for (const node of nodes) await fetchNode(node).catch(() => missing.add(node));
      });
      after(() => world.stop());

      const row = (scheme: Scheme, way: Way, node: NodeMajor): void => {
        const route = { scheme, way, node };
        const title = `${way} on Node ${String(node)}`;
        if (!isOffered(name, scheme)) {
          it(`with ${scheme} says ${title} that this cloud does not offer it, and asks nobody`, async function () {
            if (missing.has(node)) skipLoudly(this, `Node ${String(node)} is not here and cannot be fetched`);
            const run = await world.run('AksRoleGrants', grants, route);
            assert.equal(run.result, 'Failed');
            assert.match(run.issues[0]?.message ?? '', /CON009.*AzureStack.*ADFS/s);
            assert.deepEqual(world.sandbox.requests.all(), []);
          });
          return;
        }
        it(`works with ${scheme} ${title}`, async function () {
          if (missing.has(node)) skipLoudly(this, `Node ${String(node)} is not here and cannot be fetched`);
          const run = await world.run('AksRoleGrants', grants, route);
          assert.equal(run.result, 'Succeeded', run.log.join('\n'));
          assertArrived(world, route);
          assertProxied(world, route);
          assertSignedIn(world, route);
        });
      };
      for (const scheme of schemes) {
        for (const way of ways) {
          // The first two ways share the world whose proxy asks for nothing.
          if ((way === 'through a proxy with a password') !== password) continue;
          for (const node of nodes) row(scheme, way, node);
        }
      }

      it('finds the vault under the name that it has in this cloud', async () => {
        const way = password ? 'through a proxy with a password' : 'through a proxy';
        const run = await world.run('KeyVaultGrant', vault, { scheme: 'secret', way, node: 20 });
        assert.equal(run.result, 'Succeeded', run.log.join('\n'));
        assert.equal(run.outputVariables['vaultUri'], `https://kvweb.${world.cloud.vaultSuffix}/`);
      });
    });
  }
}

/** Resource Manager was asked by the name of the way, with tokens of the cloud, by the Node that was meant. */
function assertArrived(world: CloudWorld, { way, node }: Route): void {
  const { cloud, audiences } = world;
  const requests = world.asked('resourceManager');
  assert.ok(requests.length >= 2);
  const host = way === 'directly' ? 'localhost' : cloud.resourceManager;
  assert.deepEqual([...new Set(requests.map((request) => request.host.replace(/:\d+$/, '')))], [host]);
  const agents = requests.flatMap(({ userAgent }) => /\bNode\/(\d+)\./.exec(userAgent ?? '')?.[1] ?? []);
  assert.deepEqual([...new Set(agents)], [String(node)]);
  assert.equal(audiences.size, 1);
  for (const audience of audiences)
    assert.ok(cloud.resourceManagerAudiences.includes(String(audience)), String(audience));
}

/** Nothing where there is no proxy; else the names of this cloud and nothing besides, each let through. */
function assertProxied(world: CloudWorld, { scheme, way }: Route): void {
  const { cloud, sandbox } = world;
  const proxied = world.asked('proxy');
  if (way === 'directly') {
    assert.deepEqual(proxied, []);
    return;
  }
  const azureDevOps = new URL(sandbox.connection.oidcRequestUri).host;
  const expected = [
    `${cloud.resourceManager}:443`,
    ...(scheme === 'managed identity' ? [] : [`${cloud.authorities[0]}:443`]),
    ...(scheme === 'federation' ? [azureDevOps] : []),
  ];
  assert.deepEqual([...new Set(proxied.map(({ host }) => host))].toSorted(), expected.toSorted());
  assert.deepEqual([...new Set(proxied.map(({ method, status }) => `${method} ${String(status)}`))], ['CONNECT 200']);
}

/** The token came from where the scheme takes it: metadata without the proxy, a certificate with its chain. */
function assertSignedIn(world: CloudWorld, { scheme }: Route): void {
  const { assertions, cloud } = world;
  const isManaged = scheme === 'managed identity';
  const counts = ['entra', 'agentMetadata'].map((server) => world.asked(server).length);
  assert.deepEqual(counts, isManaged ? [0, 1] : [1, 0]);
  // Entra itself reads the keys of the issuer there, by GET.
  const idTokens = world.asked('azureDevOps').filter(({ method }) => method === 'POST');
  assert.equal(idTokens.length, scheme === 'federation' ? 1 : 0);
  if (scheme !== 'certificate') return;
  const algorithm = cloud.identityProvider === 'adfs' ? 'RS256' : 'PS256';
  assert.deepEqual(
    assertions.map(({ alg, x5c }) => [alg, x5c?.length]),
    [[algorithm, 1]],
  );
}
