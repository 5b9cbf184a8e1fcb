import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { loadScenario } from '../../sandbox/scenario/load.ts';
import type { Scenario } from '../../sandbox/scenario/types.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';

const inputs = {
  azureSubscription: 'azure-conn',
  resourceGroup: '_rg-aks-p-we-001',
  clusterName: 'aks-p-we-001',
  kubernetesServiceConnection: 'cluster-conn',
};

interface Role extends Record<string, unknown> {
  readonly rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
}

const documented = parse(
  readFileSync(new URL('../../docs/permissions-kubernetes.yaml', import.meta.url), 'utf8'),
) as Role;

const podTemplate = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: podTemplate },
};

/** The article's world, in which cluster-conn has this role, and an application runs. */
function worldWith(role: Role): Scenario {
  const scenario = loadScenario('article');
  const withRole = (objects: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] => [
    ...objects.map((each) => (each['kind'] === 'ClusterRole' ? role : each)),
    web,
  ];
  const subscriptions = scenario.subscriptions.map((subscription) => ({
    ...subscription,
    resourceGroups: subscription.resourceGroups.map((group) => ({
      ...group,
      clusters: group.clusters.map((each) =>
        each.name === inputs.clusterName ? { ...each, objects: withRole(each.objects) } : each,
      ),
    })),
  }));
  return { ...scenario, subscriptions };
}

function without(resource: string, verb: string): Role {
  const rules = documented.rules.map((rule) =>
    rule.resources.includes(resource) ? { ...rule, verbs: rule.verbs.filter((each) => each !== verb) } : rule,
  );
  return { ...documented, rules };
}

describe('docs/permissions-kubernetes.yaml', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(async () => {
    await world.stop();
  });

  const steps = [
    ['AksRoleGrants', { action: 'apply' }],
    ['PodIdentityInstall', { action: 'apply' }],
    ['PodIdentityBind', { workloads: 'deployment/web', pods: 'app=web' }],
    ['PodIdentityBind', { workloads: 'deployment/web', action: 'remove' }],
    ['PodIdentityInstall', { action: 'remove', force: 'true' }],
  ] as const;

  it('is enough to install, to bind, and to take both away', async () => {
    world = await startWorld({ scenario: worldWith(documented) });
    for (const [task, more] of steps) {
      const run = await world.run(task, { ...inputs, ...more });
      assert.equal(run.result, 'Succeeded', run.log.join('\n'));
    }
  });

  for (const [resource, verb] of [
    ['customresourcedefinitions', 'create'],
    ['clusterroles', 'escalate'],
    ['clusterroles', 'bind'],
    ['daemonsets', 'patch'],
    ['endpoints', 'get'],
    ['pods', 'list'],
  ] as const)
    it(`is needed: without ${verb} on ${resource} the refusal names just that`, async () => {
      world = await startWorld({ scenario: worldWith(without(resource, verb)) });
      const run = await world.run('PodIdentityInstall', inputs);
      const log = run.log.join('\n');
      assert.match(log, /\[KUB004\]/);
      assert.match(log, new RegExp(`resources: \\["${resource}"\\], verbs: \\["${verb}"\\]`), log);
    });
});
