import assert from 'node:assert/strict';
import type { TaskRun } from '../../../sandbox/agent/index.ts';
import type { Intercept } from '../../../sandbox/kit/http-server.ts';
import { deployDemo } from '../../support/demo.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

/** Commands that would hurt if the agent obeyed them, as an attacker would put them into a name or an error text. */
const poison = [
  '##vso[task.setvariable variable=owned;isoutput=true]yes',
  'text before ##vso[task.prependpath]/tmp/evil',
  '##VSO[task.complete result=Succeeded;done=true]DONE',
  '##vso[task.setsecret]e',
].join('\n');

const cluster = { azureSubscription: 'azure-conn', resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001' };

/** What a task itself may say to the agent. */
const own = new Set([
  'task.debug',
  'task.setsecret',
  'task.setvariable',
  'task.issue',
  'task.logissue',
  'task.complete',
  'task.addattachment',
  'task.uploadsummary',
]);

function assertHarmless(run: TaskRun): void {
  for (const { area, event, properties, data } of run.commands) {
    const name = `${area}.${event}`.toLowerCase();
    assert.ok(own.has(name), `${name} was obeyed`);
    assert.notEqual(properties['variable'], 'owned');
    if (name === 'task.setsecret') assert.notEqual(data, 'e');
    if (name === 'task.uploadsummary') assert.match(data, /\/PodSecretCheck-[-0-9a-f]+\/PodSecretCheck\.md$/);
    if (name === 'task.complete') assert.notEqual(properties['result'], 'Succeeded');
  }
  const log = run.log.join('\n');
  assert.equal(run.result, 'Failed', log);
  assert.match(log, /variable=owned/, `the text did not arrive:\n${log}`);
}

function refusing(server: string | RegExp, where: RegExp, answer: { status: number; body: unknown }): Intercept {
  return (event) => {
    const isServer = typeof server === 'string' ? event.server === server : server.test(event.server);
    return event.phase === 'before' && isServer && where.test(event.path) ? answer : undefined;
  };
}

describe('text from outside is never a command to the agent', function () {
  this.timeout(120_000);
  let world: World;
  afterEach(async () => {
    await world.stop();
  });

  const armError = {
    error: {
      code: 'AuthorizationFailed',
      message: `does not have authorization to perform action '${poison}' over scope '${poison}'`,
    },
  };
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: poison,
    reason: 'Forbidden',
    code: 403,
  };
  const table: readonly [string, string, Readonly<Record<string, string>>, Intercept][] = [
    [
      "an error of Entra's",
      'AksRoleGrants',
      cluster,
      refusing('entra', /token/, {
        status: 401,
        body: { error: 'invalid_client', error_description: `AADSTS7000215: ${poison}` },
      }),
    ],
    [
      "an error of Azure Resource Manager's",
      'AksRoleGrants',
      cluster,
      refusing('resourceManager', /managedClusters/i, { status: 403, body: armError }),
    ],
    [
      'an error for one write',
      'AksRoleGrants',
      cluster,
      refusing('resourceManager', /roleAssignments\//i, {
        status: 400,
        body: { error: { code: poison, message: poison } },
      }),
    ],
    [
      'an error about a vault',
      'KeyVaultGrant',
      { ...cluster, keyVault: 'kvpwe001' },
      refusing('resourceManager', /vaults/i, {
        status: 400,
        body: { error: { code: 'VaultNotFound', message: poison } },
      }),
    ],
    [
      'a refusal of the cluster',
      'PodIdentityInstall',
      cluster,
      refusing(/^cluster/, /customresourcedefinitions/, { status: 403, body: status }),
    ],
  ];
  for (const [title, task, inputs, intercept] of table) {
    it(`neither in ${title}`, async () => {
      world = await startWorld({ intercept });
      assertHarmless(await world.run(task, inputs));
    });
  }

  it('nor in what a pod prints', async () => {
    const intercept = refusing('keyVault', /secrets/, {
      status: 403,
      body: { error: { code: 'Forbidden', message: poison, innererror: { code: 'ForbiddenByPolicy' } } },
    });
    world = await startWorld({ intercept });
    for (const [task, inputs] of [
      ['AksRoleGrants', cluster],
      ['PodIdentityInstall', cluster],
    ] as const) {
      assert.equal((await world.run(task, inputs)).result, 'Succeeded');
    }
    await deployDemo(world);
    const workload = 'deployment/aks-helloworld';
    const bound = await world.run('PodIdentityBind', { ...cluster, namespace: 'default', workloads: workload });
    assert.equal(bound.result, 'Succeeded', bound.log.join('\n'));
    const proof = {
      ...cluster,
      namespace: 'default',
      workload,
      keyVault: 'kvpwe001',
      secretName: 'password',
      timeoutInMinutes: '1',
    };
    assertHarmless(await world.run('PodSecretCheck', proof));
  });
});
