/** Resource providers of a subscription: which types there are and in which api-versions; az asks before `az resource`. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { resourceTypes, sameText, type ResourceKind } from '../state/resource-id.ts';
import { versions } from './api-versions.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, param, type ApiVersions, type Call, type Route } from './route.ts';

const action = 'Microsoft.Resources/subscriptions/providers/read';
// Azure decides about providers at the subscription.
const scope = ({ subscription = '' }: Readonly<Record<string, string>>): string => `/subscriptions/${subscription}`;

export const providerRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/subscriptions/{subscription}/providers',
    versions: versions.resources,
    action,
    scope,
    handle: (call) => ok({ value: namespaces.map((namespace) => providerBody(call, namespace)) }),
  },
  {
    method: 'GET',
    pattern: '/subscriptions/{subscription}/providers/{namespace}',
    versions: versions.resources,
    action,
    scope,
    handle: get,
  },
];

const versionsOfKind: Readonly<Record<ResourceKind, ApiVersions>> = {
  cluster: versions.managedClusters,
  identity: versions.identities,
  vault: versions.vaults,
  scaleSet: versions.scaleSets,
};

const types = (Object.keys(resourceTypes) as ResourceKind[]).map((kind) => {
  const [namespace = '', resourceType = ''] = resourceTypes[kind].split('/');
  return { namespace, resourceType, apiVersions: versionsOfKind[kind].named };
});

const namespaces = [...new Set(types.map(({ namespace }) => namespace))];

function get(call: Call): SandboxResponse {
  const asked = param(call, 'namespace');
  const namespace = namespaces.find((known) => sameText(known, asked));
  if (namespace === undefined) {
    throw new ArmRefusal(404, 'InvalidResourceNamespace', `The resource namespace '${asked}' is invalid.`);
  }
  return ok(providerBody(call, namespace));
}

function providerBody({ world, params }: Call, namespace: string): object {
  const locations = [...new Set(world.groups.map(({ location }) => location))];
  return {
    id: `${scope(params)}/providers/${namespace}`,
    namespace,
    registrationPolicy: 'RegistrationRequired',
    registrationState: 'Registered',
    resourceTypes: types
      .filter((type) => type.namespace === namespace)
      .map(({ resourceType, apiVersions }) => ({ resourceType, locations, apiVersions, capabilities: 'None' })),
  };
}
