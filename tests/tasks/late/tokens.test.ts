import assert from 'node:assert/strict';
import type { RequestRecord } from '../../../sandbox/contracts.ts';
import type { LateWorld } from './support.ts';
import { assertSucceeded, oneGrant, startLateWorld } from './support.ts';

interface Row {
  readonly scheme: string;
  readonly azureSubscription: string;
  readonly isTokenRequest: (request: RequestRecord) => boolean;
}

const fromEntra: Row['isTokenRequest'] = ({ server, path }) =>
  server === 'entra' && path.includes('/oauth2/v2.0/token');

const rows: readonly Row[] = [
  { scheme: 'a secret', azureSubscription: 'azure-conn', isTokenRequest: fromEntra },
  { scheme: 'a certificate', azureSubscription: 'azure-conn-certificate', isTokenRequest: fromEntra },
  { scheme: 'workload identity federation', azureSubscription: 'azure-conn-federated', isTokenRequest: fromEntra },
  {
    scheme: 'a managed identity',
    azureSubscription: 'machine',
    isTokenRequest: ({ server, path }) => server === 'agentMetadata' && path.startsWith('/metadata/identity/'),
  },
];

/** Longer than the ten minutes of an assertion and Entra's five minutes of patience with clocks together. */
const wait = 1000;
const delays = [{ of: 'principal', principal: 'id-aks-helloworld', seconds: wait, principalTypeHelps: false }] as const;

/** The SDKs look at the machine's clock, which is to agree with the run's for as long as the work takes. */
async function withMachineClock<Result>(now: () => number, work: () => Promise<Result>): Promise<Result> {
  const before = Date.now;
  Date.now = now;
  try {
    return await work();
  } finally {
    Date.now = before;
  }
}

describe('a run that waits longer than its token lives', function () {
  this.timeout(60_000);
  let world: LateWorld;
  afterEach(() => world.stop());

  for (const { scheme, azureSubscription, isTokenRequest } of rows) {
    const inputs = { ...oneGrant, azureSubscription };
    const asked = (): number => world.sandbox.requests.all().filter(isTokenRequest).length;
    const refused = (): number => world.sandbox.requests.all().filter(({ status }) => status === 401).length;
    const assertAssertionsAreFresh = (): void => {
      const assertions = world.sandbox.requests.all().filter(({ path }) => path.includes('/oidctoken'));
      assert.equal(assertions.length, azureSubscription === 'azure-conn-federated' ? asked() : 0);
    };

    it(`renews that of ${scheme} before it runs out`, async () => {
      const lifetime = 300;
      world = await startLateWorld({ delays, tokenLifetime: lifetime });
      const { clock } = world;
      assertSucceeded(
        await withMachineClock(
          () => clock.date().getTime(),
          () => world.task('AksRoleGrants', inputs),
        ),
      );
      assert.ok(world.seconds() >= wait);
      assert.equal(refused(), 0);
      assert.ok(asked() > wait / lifetime, `${String(asked())} tokens`);
      assert.ok(asked() < wait / 30, `${String(asked())} tokens`);
      assertAssertionsAreFresh();
    });

    it(`renews that of ${scheme} when Azure refuses it, where the machine's clock is behind`, async () => {
      const lifetime = 90;
      world = await startLateWorld({ delays, tokenLifetime: lifetime });
      assertSucceeded(await world.task('AksRoleGrants', inputs));
      assert.ok(world.seconds() >= wait);
      assert.ok(refused() > 0);
      // The SDK asks now and then of its own accord; a refusal is answered by one renewal and not by a storm of them.
      assert.ok(asked() > refused(), `${String(asked())} tokens, ${String(refused())} refusals`);
      assert.ok(asked() < wait / 30, `${String(asked())} tokens`);
      assertAssertionsAreFresh();
    });
  }
});
