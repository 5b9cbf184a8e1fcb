import assert from 'node:assert/strict';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { YamlFileError } from '../../../sandbox/kit/checked-yaml.ts';
import { parseScenario } from '../../../sandbox/scenario/load.ts';
import {
  appGroup,
  assignmentPath,
  clientOptions,
  clusterId,
  management,
  startTestAzure,
  subscription,
  subscriptionId,
  tenantId,
  type Answered,
  type TestAzure,
} from './world.ts';

const version = 'api-version=2026-04-01';
const assignment = assignmentPath(appGroup, '55555555-5555-4555-8555-555555555555');
const remaining = ({ header }: Answered, what: string): string | undefined =>
  header(`x-ms-ratelimit-remaining-${what}`);

describe('throttling of Resource Manager', () => {
  let azure: TestAzure;
  let time = 0;
  const start = async (throttling: string): Promise<void> => {
    azure = await startTestAzure({ now: () => time, throttling });
  };
  const read = (as = 'owner'): Promise<Answered> => azure.arm('GET', `${clusterId}?${version}`, { as });
  const repeat = async (times: number, ask: () => Promise<Answered>): Promise<readonly string[]> => {
    const outcomes: string[] = [];
    for (let index = 0; index < times; index += 1) outcomes.push((await ask()).outcome);
    return outcomes;
  };
  afterEach(() => azure.stop());

  it('starts with the documented buckets, which count down and fill up again', async () => {
    await start('{}');
    const first = await read();
    assert.equal(remaining(first, 'subscription-reads'), '249');
    assert.equal(remaining(first, 'subscription-global-reads'), '3749');
    assert.equal(remaining(await read(), 'subscription-reads'), '248');
    time += 40;
    assert.equal(remaining(await read(), 'subscription-reads'), '248');
    time += 60_000;
    assert.equal(remaining(await read(), 'subscription-reads'), '249');
    const written = await azure.arm('PUT', assignment, { body: {} });
    assert.equal(remaining(written, 'subscription-writes'), '199');
    assert.equal(remaining(written, 'subscription-global-writes'), '2999');
    assert.equal(remaining(written, 'subscription-reads'), undefined);
    const deleted = await azure.arm('DELETE', assignment);
    assert.equal(remaining(deleted, 'subscription-deletes'), '199');
    const ofTenant = await azure.arm('GET', '/subscriptions?api-version=2022-12-01');
    assert.equal(remaining(ofTenant, 'tenant-reads'), '249');
  });

  it('answers 429 to an empty bucket, says when to come back, and charges nothing for that', async () => {
    await start('{ reads: { size: 3, perSecond: 0.25 } }');
    assert.deepEqual(await repeat(3, read), ['200', '200', '200']);
    const refused = await read();
    assert.equal(refused.outcome, '429 SubscriptionRequestsThrottled');
    assert.equal(refused.header('retry-after'), '4');
    assert.equal(remaining(refused, 'subscription-reads'), '0');
    assert.equal(
      refused.message,
      `Number of 'read' requests for subscription '${subscriptionId}' actor '${azure.principal('owner').objectId}' exceeded. Please try again after '4' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
    );
    await repeat(10, read);
    time += 3000;
    assert.equal((await read()).header('retry-after'), '1');
    time += 1000;
    assert.deepEqual(await repeat(2, read), ['200', '429 SubscriptionRequestsThrottled']);
  });

  it('keeps the buckets of principals, of kinds and of the tenant apart', async () => {
    await start('{ reads: { size: 1, perSecond: 0.01 }, writes: { size: 1, perSecond: 0.01 } }');
    assert.deepEqual(await repeat(2, read), ['200', '429 SubscriptionRequestsThrottled']);
    assert.equal((await read('other')).outcome, '403 AuthorizationFailed');
    assert.equal((await read('other')).outcome, '429 SubscriptionRequestsThrottled');
    const credentials = (): Promise<Answered> => azure.arm('POST', `${clusterId}/listClusterUserCredential?${version}`);
    assert.deepEqual(await repeat(2, credentials), ['200', '429 SubscriptionRequestsThrottled']);
    assert.equal((await azure.arm('DELETE', assignment)).status, 204);
    const subscriptions = (): Promise<Answered> => azure.arm('GET', '/subscriptions?api-version=2022-12-01');
    assert.deepEqual(await repeat(2, subscriptions), ['200', '429 TenantRequestsThrottled']);
  });

  it('gives all principals of a subscription together fifteen times as much', async () => {
    await start('{ deletes: { size: 1, perSecond: 0.01 } }');
    const removeAsSomebody = async (): Promise<Answered> => {
      const somebody = { objectId: crypto.randomUUID(), clientId: crypto.randomUUID(), tenantId };
      const token = await azure.tokens.issue({ ...somebody, audience: management });
      return azure.arm('DELETE', assignment, { token });
    };
    assert.deepEqual(await repeat(15, removeAsSomebody), Array<string>(15).fill('403 AuthorizationFailed'));
    const sixteenth = await removeAsSomebody();
    assert.equal(sixteenth.outcome, '429 SubscriptionRequestsThrottled');
    assert.equal(remaining(sixteenth, 'subscription-global-deletes'), '0');
  });

  it('does not count what has no valid token, and counts what is refused later', async () => {
    await start('{}');
    const stranger = await azure.arm('GET', `${clusterId}?${version}`, { token: '' });
    assert.equal(stranger.status, 401);
    assert.equal(remaining(stranger, 'subscription-reads'), undefined);
    const unknown = await azure.arm('GET', `${subscription}/providers/Microsoft.Storage/storageAccounts?${version}`);
    assert.equal(unknown.status, 501);
    assert.equal(remaining(unknown, 'subscription-reads'), '249');
  });

  it('refills at a multiple of its rate where a scenario says so', async () => {
    await start('{ speed: 20, reads: { size: 10, perSecond: 1 } }');
    await repeat(10, read);
    time += 250;
    assert.deepEqual(await repeat(6, read), [...Array<string>(5).fill('200'), '429 SubscriptionRequestsThrottled']);
  });

  it('can be off', async () => {
    await start('off');
    const answer = await read();
    assert.equal(answer.status, 200);
    assert.equal(remaining(answer, 'subscription-reads'), undefined);
  });

  it("is waited for by Microsoft's clients, who succeed after the time that they were told", async () => {
    azure = await startTestAzure({ throttling: '{ reads: { size: 2, perSecond: 1 } }' });
    const client = new AuthorizationManagementClient(azure.credential('owner'), subscriptionId, clientOptions(azure));
    for (let index = 0; index < 4; index += 1) {
      const page = await client.roleAssignments.listForSubscription().byPage().next();
      assert.equal(page.done, false);
    }
  });

  it('is checked like the rest of a scenario', () => {
    const scenario = (throttling: string): unknown =>
      parseScenario(`tenants: [{ name: home }]\nthrottling: ${throttling}\n`).throttling;
    assert.equal(scenario('off'), 'off');
    assert.deepEqual(scenario('{ writes: { size: 5, perSecond: 2 } }'), { writes: { size: 5, perSecond: 2 } });
    for (const wrong of ['none', '{ writes: { size: 0, perSecond: 1 } }', '{ write: {} }', '{ speed: 0 }']) {
      assert.throws(() => scenario(wrong), YamlFileError, wrong);
    }
  });
});
