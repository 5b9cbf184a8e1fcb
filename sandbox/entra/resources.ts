/** The resources (audiences) that Entra of the sandbox knows, by each of their names. */
import { entraClouds, type SandboxCloud } from '../clouds.ts';
import { refusals } from './refusal.ts';

/** The AKS server application: tokens for clusters with Entra. */
export const aksServer = '6dae42f8-4368-4678-94ff-3960e28e3630';

/** A foreign cloud's names are known in every Entra (the service refuses the token, see ansible-collections/azure 985); ADFS knows its own only. */
function knownIn(cloud: SandboxCloud): readonly string[] {
  const clouds = cloud.identityProvider === 'adfs' ? [cloud] : [cloud, ...entraClouds];
  const resources = clouds.flatMap(({ resourceManagerAudiences, vaultAudience, graph }) => [
    ...resourceManagerAudiences,
    vaultAudience,
    `https://${graph}`,
  ]);
  return [...resources.map((resource) => resource.replace(/\/+$/, '').toLowerCase()), aksServer];
}

export interface Resources {
  /** v2: `<resource>/.default`. Returns the audience. @throws EntraRefusal 1002012, 500011 */
  ofScope(scope: string, tenantName: string): string;
  /** v1: the resource as such. Returns the audience. @throws EntraRefusal 500011 */
  named(resource: string, tenantName: string): string;
}

function ownAudience({
  identityProvider,
  resourceManager,
  resourceManagerAudiences: [first = ''],
}: SandboxCloud): string {
  return identityProvider === 'adfs' ? first : `https://${resourceManager}/`;
}

/**
 * The audience is the resource letter for letter as it was asked for, trailing slash and all: `https://x//.default` is for
 * `https://x/`, as with Entra. Only the sandbox's own Resource Manager address is answered with Azure's name.
 */
export function createResources(cloud: SandboxCloud, resourceManager: () => string): Resources {
  const known = knownIn(cloud);
  const named = (resource: string, tenantName: string): string => {
    const plain = resource.replace(/\/+$/, '').toLowerCase();
    if (plain === resourceManager().toLowerCase()) return ownAudience(cloud);
    if (!known.includes(plain)) throw refusals.unknownResource(resource, tenantName);
    return resource;
  };
  return {
    named,
    ofScope: (scope, tenantName) => {
      const scopes = scope.split(' ').filter((part) => !['', 'openid', 'profile', 'offline_access'].includes(part));
      const [wanted = scope] = scopes;
      if (scopes.length !== 1 || !wanted.endsWith('/.default')) throw refusals.invalidScope(scope);
      return named(wanted.slice(0, -'/.default'.length), tenantName);
    },
  };
}
