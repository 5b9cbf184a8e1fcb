/** The resources (audiences) that Entra of the sandbox knows, by each of their names. */
import { refusals } from './refusal.ts';

const known = [
  'https://management.azure.com',
  'https://management.core.windows.net',
  'https://vault.azure.net',
  'https://graph.microsoft.com',
  // The AKS server application: tokens for clusters with Entra.
  '6dae42f8-4368-4678-94ff-3960e28e3630',
];

export interface Resources {
  /** v2: `<resource>/.default`. Returns the audience. @throws EntraRefusal 1002012, 500011 */
  ofScope(scope: string, tenantName: string): string;
  /** v1: the resource as such. Returns the audience. @throws EntraRefusal 500011 */
  named(resource: string, tenantName: string): string;
}

/**
 * The audience is the resource letter for letter as it was asked for, trailing slash and all: `https://x//.default` is for
 * `https://x/`, as with Entra. Only the sandbox's own Resource Manager address is answered with Azure's name.
 */
export function createResources(resourceManager: () => string): Resources {
  const named = (resource: string, tenantName: string): string => {
    const plain = resource.replace(/\/+$/, '').toLowerCase();
    if (plain === resourceManager().toLowerCase()) return 'https://management.azure.com/';
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
