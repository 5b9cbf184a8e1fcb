/** The roles of docs/permissions.md, and the article's world in which each of their permissions is missing for somebody. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import { parseScenario } from '../../sandbox/scenario/load.ts';
import type { Scenario } from '../../sandbox/scenario/types.ts';

const root = path.join(import.meta.dirname, '../..');

export interface AzureRole {
  readonly Name: string;
  readonly Actions: readonly string[];
  readonly NotActions: readonly string[];
  readonly DataActions: readonly string[];
}

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface ClusterRole extends Record<string, unknown> {
  readonly metadata: { readonly name: string };
  readonly rules: readonly PolicyRule[];
}

/** One verb on one resource: what Kubernetes decides about. */
export interface Permission {
  readonly verb: string;
  readonly resource: string;
  readonly group: string;
}

const page = readFileSync(path.join(root, 'docs/permissions.md'), 'utf8');

/** Fails where the page has none or more than one of them, so that no second role goes untested. */
function onlyBlock(language: string): string {
  const blocks = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))];
  assert.equal(blocks.length, 1, `docs/permissions.md has ${String(blocks.length)} blocks of ${language}`);
  return blocks[0]?.[1] ?? '';
}

export const azureRole = JSON.parse(onlyBlock('json')) as AzureRole;
export const clusterRole = parse(onlyBlock('yaml')) as ClusterRole;

export const permissions: readonly Permission[] = clusterRole.rules.flatMap(({ apiGroups, resources, verbs }) =>
  apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb })))),
);

/** `create deployments.apps` */
export function nameOf({ verb, resource, group }: Permission): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}

/** The rules with one verb on one resource taken away, and nothing else. */
function rulesWithout({ verb, resource, group }: Permission): readonly PolicyRule[] {
  return clusterRole.rules.flatMap((rule) => {
    if (!rule.apiGroups.includes(group) || !rule.resources.includes(resource)) return [rule];
    const others = rule.resources.filter((each) => each !== resource);
    const verbs = rule.verbs.filter((each) => each !== verb);
    return [
      { ...rule, resources: others },
      { ...rule, resources: [resource], verbs },
    ].filter((each) => each.resources.length > 0 && each.verbs.length > 0);
  });
}

/** Where a scenario is only read and added to, its parts are what they are in the file. */
interface Draft {
  tenants: { applications: { name: string }[] }[];
  subscriptions: {
    name: string;
    customRoles: object[];
    roleAssignments: object[];
    resourceGroups: { name: string; clusters?: { name: string; kubernetesVersion?: string; objects?: object[] }[] }[];
  }[];
  serviceConnections: object[];
}

/** One cluster, because a second one is no part of any proof here. */
function draft(): Draft {
  const article = parse(readFileSync(path.join(root, 'sandbox/scenarios/article.yml'), 'utf8')) as Draft;
  for (const group of article.subscriptions.flatMap(({ resourceGroups }) => resourceGroups))
    if (group.clusters) group.clusters = group.clusters.slice(0, 1);
  return article;
}

/** Name of the service connection whose role lacks just this action. */
export function connectionWithout(action: string): string {
  return `without ${action}`;
}

/** Beside azure-conn one service connection an action, whose custom role lacks just that one. */
export function worldOfAzureRoles(): Scenario {
  const world = draft();
  const [subscription] = world.subscriptions;
  const connect = (name: string, role: string, scopes: readonly string[]): void => {
    world.tenants[0]?.applications.push({ name });
    subscription?.roleAssignments.push(...scopes.map((scope) => ({ role, principal: name, scope })));
    world.serviceConnections.push({ name, kind: 'AzureRM', application: name, subscription: subscription?.name });
  };
  for (const action of azureRole.Actions) {
    const name = connectionWithout(action);
    subscription?.customRoles.push({ name, actions: azureRole.Actions.filter((each) => each !== action) });
    connect(name, name, ['{subscription}']);
  }
  return parseScenario(JSON.stringify(world));
}

/** Beside cluster-conn one service connection a permission, whose ClusterRole lacks just that one. */
export function worldOfClusterRoles(
  more: { readonly kubernetesVersion?: string; readonly objects?: readonly object[] } = {},
): Scenario {
  const world = draft();
  const cluster = world.subscriptions[0]?.resourceGroups.find(({ clusters }) => clusters)?.clusters?.[0];
  assert.ok(cluster?.objects);
  if (more.kubernetesVersion !== undefined) cluster.kubernetesVersion = more.kubernetesVersion;
  cluster.objects.push(...(more.objects ?? []));
  for (const permission of permissions) {
    const name = connectionName(permission);
    cluster.objects.push(...accountObjects(name, rulesWithout(permission)));
    world.serviceConnections.push({
      name: nameOf(permission),
      kind: 'Kubernetes',
      authorizationType: 'ServiceAccount',
      cluster: cluster.name,
      serviceAccount: `kube-system/${name}`,
      namespace: 'default',
    });
  }
  return parseScenario(JSON.stringify(world));
}

function connectionName(permission: Permission): string {
  return `without-${nameOf(permission).replaceAll(/[^a-z0-9]+/g, '-')}`;
}

function accountObjects(name: string, rules: readonly PolicyRule[]): readonly object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const metadata = { name };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'kube-system' } },
    { apiVersion, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: 'kube-system' }],
    },
  ];
}

/** Failed, explained, and not by a defect of ours or by a missing text. */
export function assertRefused(run: TaskRun, ...words: readonly string[]): void {
  const log = run.log.join('\n');
  assert.equal(run.result, 'Failed', log);
  for (const word of words) assert.ok(log.includes(word), `the log does not say "${word}":\n${log}`);
  assert.doesNotMatch(log, /\[RUN\d+\]|undefined|\[object Object\]/, log);
}

/** What the error of a task says of a permission: which, and the rule to add. */
export function assertNames(run: TaskRun, permission: Permission): void {
  assertNamesOneOf(run, [permission]);
}

/** Of requests that are sent at the same time any may be refused first. */
export function assertNamesOneOf(run: TaskRun, wanted: readonly Permission[]): void {
  assertRefused(run);
  const log = run.log.join('\n');
  assert.match(log, /\[(KUB004|CHK004)\]/);
  const lines = wanted.map(({ verb, resource, group }) => {
    const rule = `{apiGroups: ["${group}"], resources: ["${resource}"], verbs: ["${verb}"]}`;
    return `Add to the ClusterRole of the connection (docs/permissions.md): ${rule}`;
  });
  assert.ok(
    lines.some((line) => log.includes(line)),
    `the log does not say "${lines.join('" or "')}":\n${log}`,
  );
}

/** Whether only taking something away needs it: those are proven beside each other, in a process of their own. */
export function isOfRemoval({ verb, resource }: Permission): boolean {
  if (verb === 'delete' || ['azureassignedidentities', 'configmaps', 'endpoints'].includes(resource)) return true;
  return verb === 'list' && resource === 'azurepodidentityexceptions';
}
