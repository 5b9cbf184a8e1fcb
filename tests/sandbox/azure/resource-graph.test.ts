import assert from 'node:assert/strict';
import { ResourceGraphClient, type QueryRequest, type QueryResponse } from '@azure/arm-resourcegraph';
import { appGroup, clientOptions, clusterId, startTestAzure, subscriptionId, type TestAzure } from './world.ts';

const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';
const clusters = "resources | where type =~ 'Microsoft.ContainerService/managedClusters'";

interface Refusal {
  readonly statusCode: number;
  readonly details: {
    readonly error: {
      readonly code: string;
      readonly message: string;
      readonly details: readonly { readonly code: string; readonly message: string }[];
    };
  };
}

/** The client makes an object with the keys 0, 1, ... of the list that the service answers. */
function cells({ data }: QueryResponse): readonly Readonly<Record<string, unknown>>[] {
  return Object.values(data) as readonly Readonly<Record<string, unknown>>[];
}

describe('Resource Graph', () => {
  let azure: TestAzure;
  let client: ResourceGraphClient;
  before(async () => {
    azure = await startTestAzure({ throttling: 'off' });
    client = as('owner');
  });
  after(() => azure.stop());

  const as = (name: string): ResourceGraphClient =>
    new ResourceGraphClient(azure.credential(name), clientOptions(azure));
  const ask = (query: string, request: Partial<QueryRequest> = {}): Promise<QueryResponse> =>
    client.resources({ query, subscriptions: [subscriptionId], ...request });
  const rows = async (query: string): Promise<readonly Readonly<Record<string, unknown>>[]> => cells(await ask(query));
  const names = async (query: string): Promise<readonly unknown[]> => (await rows(query)).map(({ name }) => name);
  const refused = async (asked: Promise<unknown>): Promise<readonly [number, string, ...string[]]> => {
    let found: readonly [number, string, ...string[]] | undefined;
    await assert.rejects(asked, (error: Refusal) => {
      const { code, message, details } = error.details.error;
      assert.match(message, /^Please provide below info when asking for support: timestamp = .*, correlationId = /);
      found = [error.statusCode, code, ...details.map((detail) => detail.code)];
      return true;
    });
    return found!;
  };

  it('answers in the spelling of Resource Graph: type, group and location in lower case', async () => {
    const [aks] = await rows(`${clusters} and name == 'aks'`);
    assert.deepEqual(
      { ...aks, properties: undefined, identity: undefined },
      {
        id: clusterId,
        name: 'aks',
        type: 'microsoft.containerservice/managedclusters',
        tenantId: azure.principal('owner').tenantId,
        kind: '',
        location: 'westeurope',
        resourceGroup: 'app',
        subscriptionId,
        managedBy: '',
        sku: { name: 'Base', tier: 'Standard' },
        plan: null,
        properties: undefined,
        tags: { Team: 'Payments', stage: 'prod' },
        identity: undefined,
        zones: null,
        extendedLocation: null,
      },
    );
    assert.equal((aks!['properties'] as { nodeResourceGroup: string }).nodeResourceGroup, 'nodes');
  });

  const selections: readonly (readonly [string, readonly string[]])[] = [
    ["| where name == 'aks'", ['aks']],
    ["| where name == 'AKS'", []],
    ["| where name =~ 'AKS'", ['aks']],
    ["| where name != 'aks' | where name !~ 'CLASSIC'", ['asleep', 'entra', 'locked']],
    ["| where name contains 'LE'", ['asleep']],
    ["| where name !contains 'a'", ['locked']],
    ["| where name startswith 'A'", ['aks', 'asleep']],
    ["| where name endswith 'KED'", ['locked']],
    ["| where name in~ ('AKS', 'Entra', 'other')", ['aks', 'entra']],
    ["| where name in ('AKS', 'entra')", ['entra']],
    ["| where name !in~ ('AKS', 'Entra')", ['asleep', 'classic', 'locked']],
    [
      "| where resourceGroup == 'app' and subscriptionId =~ '33333333-3333-4333-8333-333333333333'",
      ['aks', 'asleep', 'classic', 'entra', 'locked'],
    ],
    ["| where resourceGroup == 'App'", []],
    ["| where location == 'westeurope' and (name == 'aks' or name == 'entra')", ['aks', 'entra']],
    ["| where tags['Team'] =~ 'payments'", ['aks']],
    ["| where tags.stage == 'prod'", ['aks', 'entra']],
    ["| where tags['team'] =~ 'payments'", []],
    ["| where isnotempty(tags['Team'])", ['aks']],
    ['| where isnull(tags)', ['asleep', 'classic', 'locked']],
    ['| where properties.disableLocalAccounts == true', ['entra']],
    ["| where properties.disableLocalAccounts == 'true'", ['entra']],
    ['| where properties.disableLocalAccounts', ['entra']],
    ['| where properties.podIdentityProfile.enabled != true', ['aks', 'asleep', 'classic', 'entra', 'locked']],
    ["| where not(properties.powerState.code == 'Running')", ['asleep']],
    ["| where tolower(tags['Team']) == 'payments' // the comment is ignored", ['aks']],
  ];
  for (const [query, expected] of selections) {
    it(`selects with ${query}`, async () => {
      assert.deepEqual(await names(`${clusters} ${query} | order by name asc`), expected);
    });
  }

  it('projects columns, values within them and names of its own', async () => {
    const query = `${clusters} | where name == 'aks' | extend power = properties.powerState.code | project id, name, p = power, properties.powerState.code, owner = tags['Team'], none = tags['x']`;
    assert.deepEqual(await rows(query), [
      {
        id: clusterId,
        name: 'aks',
        p: 'Running',
        properties_powerState_code: 'Running',
        owner: 'Payments',
        none: null,
      },
    ]);
  });

  it('orders: descending unless it is told otherwise, by several columns', async () => {
    assert.deepEqual(await names(`${clusters} | order by name | limit 2`), ['locked', 'entra']);
    assert.deepEqual(await names(`${clusters} | sort by tostring(tags.stage) desc, name asc`), [
      ...['aks', 'entra'],
      ...['asleep', 'classic', 'locked'],
    ]);
  });

  it('counts', async () => {
    assert.deepEqual(await rows(`${clusters} | count`), [{ Count: 5 }]);
    const { body } = await azure.arm('POST', path, { body: { query: `${clusters} | count` } });
    assert.deepEqual(body, { totalRecords: 1, count: 1, data: [{ Count: 5 }], facets: [], resultTruncated: 'false' });
  });

  it('knows the subscription and its groups as containers', async () => {
    assert.deepEqual(await names('ResourceContainers | order by name asc'), ['Test', 'app', 'locked-nodes', 'nodes']);
  });

  it('pages with a skip token, each resource once', async () => {
    const found: unknown[] = [];
    const sizes: number[] = [];
    let options: NonNullable<QueryRequest['options']> = { top: 2 };
    for (;;) {
      const page = await ask(`${clusters} | project id, name | order by name asc`, { options });
      assert.equal(page.totalRecords, 5);
      assert.equal(page.resultTruncated, 'false');
      found.push(...cells(page).map(({ name }) => name));
      sizes.push(page.count);
      if (page.skipToken === undefined) break;
      options = { skipToken: page.skipToken };
    }
    assert.deepEqual(found, ['aks', 'asleep', 'classic', 'entra', 'locked']);
    assert.deepEqual(sizes, [2, 2, 1]);
  });

  it('says that a result is cut where it cannot be paged: without the id, and with a limit of its own', async () => {
    for (const query of [`${clusters} | project name`, `${clusters} | limit 3`]) {
      const page = await ask(query, { options: { top: 1 } });
      assert.deepEqual([page.count, page.resultTruncated, page.skipToken], [1, 'true', undefined], query);
    }
    const whole = await ask(`${clusters} | limit 3`);
    assert.deepEqual([whole.count, whole.totalRecords, whole.resultTruncated], [3, 3, 'false']);
  });

  it('answers as a table, too', async () => {
    const { data } = await ask(`${clusters} | where name == 'aks' | project name, tags, on = properties.enableRBAC`, {
      options: { resultFormat: 'table' },
    });
    assert.deepEqual(data, {
      columns: [
        { name: 'name', type: 'string' },
        { name: 'tags', type: 'object' },
        { name: 'on', type: 'boolean' },
      ],
      rows: [['aks', { Team: 'Payments', stage: 'prod' }, true]],
    });
  });

  it('shows what the caller may read and nothing else', async () => {
    await azure.grant('Reader', clusterId, 'caller');
    await azure.grant('Key Vault Secrets User', appGroup, 'other');
    const of = async (name: string, request: Partial<QueryRequest> = {}): Promise<unknown> =>
      cells(await as(name).resources({ query: 'resources | project name', ...request }));
    assert.deepEqual(await of('caller', { subscriptions: [subscriptionId.toUpperCase()] }), [{ name: 'aks' }]);
    assert.deepEqual(await of('caller'), [{ name: 'aks' }]);
    // A role without the right to read: the subscription is there, and nothing in it.
    assert.deepEqual(await of('other'), []);
  });

  it('refuses scopes in which the caller has nothing', async () => {
    const nobody = as('two');
    assert.deepEqual(await refused(nobody.resources({ query: clusters })), [403, 'AccessDenied', 'AccessDenied']);
    assert.deepEqual(await refused(nobody.resources({ query: clusters, subscriptions: [subscriptionId] })), [
      ...[400, 'BadRequest'],
      'NoValidSubscriptionsInQueryRequest',
    ]);
    assert.deepEqual(await refused(ask(clusters, { subscriptions: ['nonsense'] })), [
      ...[400, 'BadRequest'],
      'SubscriptionsContainInvalidGuids',
    ]);
  });

  it('refuses what is no query, and says where', async () => {
    const syntax = [400, 'BadRequest', 'InvalidQuery', 'ParserFailure'];
    for (const query of [
      `${clusters} | where`,
      `${clusters} | where name = 'x'`,
      `${clusters} | limit many`,
      `${clusters} where name`,
      "resources | where resourceGroup =~ DEV-T24'",
    ]) {
      assert.deepEqual(await refused(ask(query)), syntax, query);
    }
    assert.deepEqual(await refused(ask('machines | limit 1')), [
      ...[400, 'BadRequest', 'InvalidQuery'],
      'DisallowedLogicalTableName',
    ]);
    assert.deepEqual(await refused(ask(`${clusters} | where false and nothing == 1`)), [
      ...[400, 'BadRequest', 'InvalidQuery'],
      'UnresolvedName',
    ]);
    const { body } = await azure.arm('POST', path, { body: { query: 'resources\n| where name == ,' } });
    assert.deepEqual((body as unknown as Refusal['details']).error.details[1], {
      ...{ code: 'ParserFailure', message: 'ParserFailure' },
      ...{ line: 2, characterPositionInLine: 16, token: ',' },
    });
  });

  it('answers 501 to what the service knows and the sandbox does not', async () => {
    for (const [query, what] of [
      ['resources | summarize count() by type', 'summarize'],
      ['resources | mv-expand tags', 'mv-expand'],
      ['resources | where array_length(zones) > 1', 'array_length'],
      ["resources | where name matches regex 'a'", 'matches'],
      ['authorizationresources | limit 1', 'authorizationresources'],
    ] as const) {
      const answer = await azure.arm('POST', path, { body: { query } });
      assert.equal(answer.status, 501, query);
      assert.match(answer.message, new RegExp(`'${what}'.*resource-graph`), query);
    }
  });

  it('refuses pages larger than a thousand, and tokens of its own making only', async () => {
    for (const options of [{ $top: 1001 }, { $top: 0 }, { $skipToken: 'bm9uc2Vuc2U=' }, { resultFormat: 'csv' }]) {
      const answer = await azure.arm('POST', path, { body: { query: 'resources', options } });
      assert.equal(answer.outcome, '400 BadRequest', JSON.stringify(options));
    }
  });
});

describe("Resource Graph's quota", () => {
  it('allows fifteen queries in five seconds, says what remains, and refuses the next without Retry-After', async () => {
    let time = 0;
    const azure = await startTestAzure({ now: () => time });
    try {
      const ask = (as = 'owner'): ReturnType<TestAzure['arm']> =>
        azure.arm('POST', path, { as, body: { query: 'resources | count' } });
      const first = await ask();
      const quota = (answer: typeof first): readonly unknown[] => [
        answer.header('x-ms-user-quota-remaining'),
        answer.header('x-ms-user-quota-resets-after'),
      ];
      assert.deepEqual(quota(first), ['14', '00:00:05']);
      assert.equal(first.header('x-ms-ratelimit-remaining-tenant-writes'), undefined);
      time += 2000;
      for (let index = 0; index < 14; index += 1) assert.equal((await ask()).status, 200);
      const refused = await ask();
      assert.equal(refused.outcome, '429 RateLimiting');
      assert.deepEqual(quota(refused), ['0', '00:00:03']);
      assert.equal(refused.header('retry-after'), undefined);
      assert.equal((await ask('other')).outcome, '403 AccessDenied');
      time += 3000;
      assert.deepEqual(quota(await ask()), ['14', '00:00:05']);
    } finally {
      await azure.stop();
    }
  });
});
