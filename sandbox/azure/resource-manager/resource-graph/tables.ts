/** Resource Graph's tables: what the caller may read, in its spelling (types, groups and locations in lower case). */
import { isAllowed } from '../../authorization/decide.ts';
import { resourceTypes } from '../../state/resource-id.ts';
import type { Resource, World } from '../../state/world.ts';
import { clusterBody } from '../managed-cluster-body.ts';
import { scaleSetBody } from '../scale-sets.ts';
import { groupBody, subscriptionBody } from '../subscriptions.ts';
import { identityBody } from '../user-assigned-identities.ts';
import { vaultBody } from '../vaults.ts';
import type { Cell, Row } from './query.ts';

export interface Reader {
  readonly world: World;
  /** Object id. */
  readonly caller: string;
  /** In lower case. */
  readonly subscriptions: readonly string[];
}

/** Every table has these. */
export const columns = [
  ...['id', 'name', 'type', 'tenantId', 'kind', 'location', 'resourceGroup', 'subscriptionId', 'managedBy'],
  ...['sku', 'plan', 'properties', 'tags', 'identity', 'zones', 'extendedLocation'],
] as const;

/** By name in lower case; what Resource Graph has besides them is in {@link furtherTables}. */
export const tables: Readonly<Record<string, (reader: Reader) => readonly Row[]>> = {
  resources: (reader) =>
    readable(
      reader,
      resourcesOf(reader.world).map((found) => ({ ...found, action: `${found.type}/read` })),
    ),
  resourcecontainers: (reader) => readable(reader, containersOf(reader.world)),
};

/** Source: "Azure Resource Graph table and resource type reference". */
export const furtherTables = [
  ...['advisorresources', 'alertsmanagementresources', 'appserviceresources', 'authorizationresources'],
  ...['computeresources', 'desktopvirtualizationresources', 'extendedlocationresources', 'guestconfigurationresources'],
  ...['healthresources', 'insightsresources', 'iotsecurityresources', 'keyvaultresources', 'kubernetesconfiguration'],
  ...['kubernetesconfigurationresources', 'maintenanceresources', 'managedserviceresources', 'networkresources'],
  ...['patchassessmentresources', 'patchinstallationresources', 'policyresources', 'quotaresources'],
  ...['recoveryservicesresources', 'resourcechanges', 'resourcecontainerchanges', 'securityresources'],
  ...['servicehealthresources', 'spotresources', 'supportresources', 'healthresourcechanges'],
];

interface Found {
  /** Id, subscription, group, location. */
  readonly place: Omit<Resource, 'resourceGroup'> & { readonly resourceGroup: string };
  readonly type: string;
  readonly body: object;
}

function resourcesOf({ clusters, identities, vaults, scaleSets, ...world }: World): readonly Found[] {
  return [
    ...clusters.map((place) => ({ place, type: resourceTypes.cluster, body: clusterBody(place, world) })),
    ...identities.map((place) => ({ place, type: resourceTypes.identity, body: identityBody(place) })),
    ...vaults.all().map((place) => ({ place, type: resourceTypes.vault, body: vaultBody(place) })),
    ...scaleSets.map((place) => ({
      place,
      type: resourceTypes.scaleSet,
      body: scaleSetBody({ ...place, world: { ...world, clusters, identities, vaults, scaleSets } }),
    })),
  ];
}

function containersOf(world: World): readonly (Found & { readonly action: string })[] {
  const ofSubscriptions = world.subscriptions.map((subscription) => ({
    place: {
      id: `/subscriptions/${subscription.id}`,
      name: subscription.name,
      subscriptionId: subscription.id,
      resourceGroup: '',
      location: '',
    },
    type: 'microsoft.resources/subscriptions',
    body: { properties: subscriptionBody(subscription) },
    action: 'Microsoft.Resources/subscriptions/read',
  }));
  const ofGroups = world.groups.map((group) => ({
    place: { ...group, resourceGroup: group.name },
    type: 'microsoft.resources/subscriptions/resourcegroups',
    body: groupBody(group),
    action: 'Microsoft.Resources/subscriptions/resourceGroups/read',
  }));
  return [...ofSubscriptions, ...ofGroups];
}

function readable(
  { world, caller, subscriptions }: Reader,
  all: readonly (Found & { readonly action: string })[],
): readonly Row[] {
  return all
    .filter(({ place }) => subscriptions.includes(place.subscriptionId.toLowerCase()))
    .filter(({ place, action }) => isAllowed(world, { objectId: caller, action, scope: place.id }))
    .map((found) => rowOf(found, world));
}

function rowOf({ place, type, body }: Found, world: World): Row {
  const { tags, sku, properties, identity, kind } = body as Readonly<Record<string, Cell | undefined>>;
  const tenantId = world.subscriptions.find(({ id }) => id === place.subscriptionId)?.tenantId ?? '';
  return {
    id: place.id,
    name: place.name,
    type: type.toLowerCase(),
    tenantId,
    kind: kind ?? '',
    location: place.location.toLowerCase(),
    resourceGroup: place.resourceGroup.toLowerCase(),
    subscriptionId: place.subscriptionId,
    managedBy: '',
    sku: sku ?? null,
    plan: null,
    properties: properties ?? {},
    tags: tags ?? null,
    identity: identity ?? null,
    zones: null,
    extendedLocation: null,
  };
}
