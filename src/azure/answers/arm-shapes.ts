import { sameIgnoringCase } from '../../runtime/text.ts';
import type { Shape } from './shape.ts';
import {
  fields,
  flag,
  groupName,
  guid,
  keyed,
  list,
  moment,
  optional,
  place,
  resourceId,
  text,
  values,
  words,
} from './shape.ts';

/**
 * The answers of Azure Resource Manager that the tasks use, by the path that was asked for. Each field that they read is
 * here with what it must be, and with it the few that the SDKs cannot do without. An answer that does not fit is refused
 * before the SDKs see it: they would carry `undefined` into names and paths, or break with an error that names nothing.
 * Fields that are not here are left out: a strange one, which nobody reads, would break an SDK as well.
 */
interface Route {
  readonly path: RegExp;
  readonly shape: Shape;
  /** The answer tells its own id and name, and they are those that were asked for. */
  readonly itself?: true;
}

const names = optional(list(text));

const identityOfCluster = fields({
  resourceId: optional(resourceId),
  clientId: optional(guid),
  objectId: optional(guid),
});

const assignedIdentity = fields({ principalId: optional(guid), clientId: optional(guid) });

const cluster = fields({
  id: resourceId,
  name: text,
  identity: optional(
    fields({
      principalId: optional(guid),
      userAssignedIdentities: optional(keyed(resourceId, assignedIdentity)),
    }),
  ),
  properties: fields({
    nodeResourceGroup: groupName,
    enableRBAC: optional(flag),
    disableLocalAccounts: optional(flag),
    provisioningState: optional(text),
    kubernetesVersion: optional(text),
    currentKubernetesVersion: optional(text),
    identityProfile: optional(values(identityOfCluster)),
    servicePrincipalProfile: optional(fields({ clientId: optional(text) })),
    nodeResourceGroupProfile: optional(fields({ restrictionLevel: optional(text) })),
    networkProfile: optional(fields({ networkPlugin: optional(text) })),
    podIdentityProfile: optional(fields({ enabled: optional(flag) })),
    aadProfile: optional(fields({ managed: optional(flag) })),
    apiServerAccessProfile: optional(
      fields({
        enablePrivateCluster: optional(flag),
        disableRunCommand: optional(flag),
        authorizedIPRanges: optional(list(text)),
      }),
    ),
    powerState: optional(fields({ code: optional(text) })),
  }),
});

const identity = fields({
  id: resourceId,
  name: text,
  properties: fields({ clientId: guid, principalId: guid }),
});

const policy = fields({
  tenantId: guid,
  objectId: text,
  applicationId: optional(text),
  permissions: fields({ keys: names, secrets: names, certificates: names, storage: names }),
});

const vault = fields({
  id: resourceId,
  name: text,
  properties: fields({
    tenantId: guid,
    sku: fields({ name: text }),
    vaultUri: optional(text),
    enableRbacAuthorization: optional(flag),
    publicNetworkAccess: optional(text),
    accessPolicies: optional(list(policy)),
    networkAcls: optional(fields({ defaultAction: optional(text), ipRules: optional(list(fields({ value: text }))) })),
    privateEndpointConnections: optional(list(fields({}))),
  }),
});

/** A list holds those of other people at any kind of resource, too. */
const assignment = fields({
  id: place,
  name: text,
  properties: fields({
    scope: place,
    roleDefinitionId: place,
    principalId: text,
    principalType: optional(text),
    description: optional(words),
    condition: optional(words),
  }),
});

const role = fields({ name: text, properties: fields({ roleName: text, type: optional(text) }) });

const subscription = fields({ subscriptionId: guid, tenantId: optional(guid), state: optional(text) });

const deletedVault = fields({ name: text, properties: optional(fields({ scheduledPurgeDate: optional(moment) })) });

const page = (item: Shape): Shape => fields({ value: list(item), nextLink: optional(text) });

const routes: readonly Route[] = [
  { path: /\/managedClusters\/[^/]+$/i, shape: cluster, itself: true },
  { path: /\/managedClusters$/i, shape: page(cluster) },
  { path: /\/userAssignedIdentities\/[^/]+$/i, shape: identity, itself: true },
  { path: /\/userAssignedIdentities$/i, shape: page(identity) },
  { path: /\/Microsoft\.KeyVault\/vaults\/[^/]+$/i, shape: vault, itself: true },
  { path: /\/Microsoft\.KeyVault\/vaults$/i, shape: page(vault) },
  {
    path: /\/vaults\/[^/]+\/accessPolicies\/[^/]+$/i,
    shape: fields({ properties: fields({ accessPolicies: list(policy) }) }),
  },
  { path: /\/roleAssignments\/[^/]+$/i, shape: assignment },
  { path: /\/roleAssignments$/i, shape: page(assignment) },
  { path: /\/roleDefinitions$/i, shape: page(role) },
  { path: /\/roleDefinitions\/[^/]+$/i, shape: role },
  { path: /^\/subscriptions$/i, shape: page(subscription) },
  { path: /\/Microsoft\.KeyVault\/deletedVaults$/i, shape: page(deletedVault) },
];

/** Undefined for what no task asks for. */
export function shapeOfAnswer(url: string): Shape | undefined {
  return routeOf(url)?.shape;
}

/** Whether a fitting answer is one about what was asked for, and not a cached one about something else. */
export function isAboutAsked(url: string, answer: Readonly<Record<string, unknown>>): boolean {
  if (!routeOf(url)?.itself) return true;
  const { id, name } = answer as { readonly id: string; readonly name: string };
  const asked = decodeURIComponent(pathOf(url));
  return sameIgnoringCase(id.replace(/\/+$/, ''), asked) && asked.toLowerCase().endsWith(`/${name.toLowerCase()}`);
}

function routeOf(url: string): Route | undefined {
  const path = pathOf(url);
  return routes.find((route) => route.path.test(path));
}

function pathOf(url: string): string {
  return new URL(url).pathname.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
}
