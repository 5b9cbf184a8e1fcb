/** What a run changed: the state of Azure and of the clusters before and after, compared. */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../sandbox/contracts.ts';
import type { AzureSnapshot } from '../../sandbox/azure/index.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Scenario } from '../../sandbox/scenario/types.ts';

export interface Change {
  readonly sign: '+' | '-' | '~';
  /** `Azure` or the name of the cluster. */
  readonly place: string;
  readonly kind: string;
  readonly what: string;
}

/** Things by a key that stays the same while they change. */
export type Snapshot = ReadonlyMap<string, Thing>;

interface Thing {
  readonly place: string;
  readonly kind: string;
  /** What it is known by among its kind. */
  readonly key: string;
  readonly name: string;
  readonly content: unknown;
}

/** What controllers make of other objects, and what moves by itself. */
const derivedKinds = new Set([
  'ControllerRevision',
  'Endpoints',
  'EndpointSlice',
  'Event',
  'Lease',
  'Node',
  'Pod',
  'ReplicaSet',
]);

export async function takeSnapshot({ azure, clusters, scenario }: Sandbox): Promise<Snapshot> {
  const things = [...azureThings(azure.snapshot(), scenario)];
  for (const cluster of clusters) {
    const objects = await cluster.dump();
    things.push(
      ...objects.filter(({ kind }) => !derivedKinds.has(kind)).map((object) => clusterThing(cluster.name, object)),
    );
  }
  return new Map(things.map((thing) => [[thing.place, thing.kind, thing.key].join(' '), thing]));
}

function clusterThing(place: string, object: KubeObject): Thing {
  const { namespace, name } = object.metadata;
  const label = namespace === undefined ? name : `${namespace}/${name}`;
  return { place, kind: object.kind, key: `${object.apiVersion} ${label}`, name: label, content: meaningOf(object) };
}

export function changesBetween(before: Snapshot, after: Snapshot): readonly Change[] {
  const changes: Change[] = [];
  for (const [key, { place, kind, name, content }] of after) {
    const old = before.get(key);
    if (!old) changes.push({ sign: '+', place, kind, what: name });
    else if (!isDeepStrictEqual(old.content, content)) {
      changes.push({ sign: '~', place, kind, what: `${name}: ${differingFields(old.content, content).join(', ')}` });
    }
  }
  for (const [key, { place, kind, name }] of before) {
    if (!after.has(key)) changes.push({ sign: '-', place, kind, what: name });
  }
  return changes;
}

function azureThings(snapshot: AzureSnapshot, scenario: Scenario): readonly Thing[] {
  const names = principalNames(scenario);
  const who = (principalId: string): string => names.get(principalId) ?? principalId;
  return [
    ...snapshot.roleAssignments.map((assignment) => ({
      kind: 'role assignment',
      key: assignment.name,
      name: `${assignment.role} for ${who(assignment.principalId)} at ${tail(assignment.scope)}`,
      content: assignment,
    })),
    ...snapshot.identities.map(({ id, name, ...content }) => ({ kind: 'identity', key: id, name, content })),
    ...vaultThings(snapshot, who),
    ...snapshot.scaleSets.flatMap(({ name, identities }) =>
      identities.map((identity) => ({
        kind: 'scale set identity',
        key: `${name} ${identity.toLowerCase()}`,
        name: `${tail(identity)} on ${name}`,
        content: undefined,
      })),
    ),
  ].map((thing) => ({ ...thing, place: 'Azure' }));
}

function vaultThings({ vaults }: AzureSnapshot, who: (principalId: string) => string): readonly Omit<Thing, 'place'>[] {
  return vaults.flatMap(({ id, name: vault, rbac, tags, settings, secrets, accessPolicies }) => [
    { kind: 'vault', key: id, name: vault, content: { rbac, tags, ...settings } },
    ...secrets.map(({ name, versions }) => ({
      kind: 'secret',
      key: `${vault} ${name}`,
      name: `${name} in ${vault}`,
      content: { versions },
    })),
    ...accessPolicies.map(({ objectId, applicationId = '', permissions }) => ({
      kind: 'access policy',
      key: `${vault} ${objectId} ${applicationId}`,
      name: `${vault} for ${who(objectId)}`,
      content: permissions,
    })),
  ]);
}

/** People know names; Azure knows object ids. */
function principalNames(scenario: Scenario): ReadonlyMap<string, string> {
  const groups = scenario.subscriptions.flatMap(({ resourceGroups }) => resourceGroups);
  return new Map([
    ...scenario.tenants.flatMap(({ applications }) =>
      applications.map(({ objectId, name }) => [objectId, name] as const),
    ),
    ...groups.flatMap(({ identities }) => identities.map(({ principalId, name }) => [principalId, name] as const)),
  ]);
}

function tail(resourceId: string): string {
  return resourceId.split('/').at(-1) ?? resourceId;
}

function meaningOf({ metadata, status: _status, ...rest }: KubeObject): unknown {
  const { labels, annotations } = metadata;
  return { ...rest, labels, annotations };
}

function differingFields(before: unknown, after: unknown, path = ''): readonly string[] {
  if (!isRecord(before) || !isRecord(after)) return [path];
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .flatMap((field) => differingFields(before[field], after[field], path === '' ? field : `${path}.${field}`));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
