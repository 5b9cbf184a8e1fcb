/** `GET /metadata/endpoints` of Resource Manager: where the tokens of a cloud come from. Nobody needs a token for it. */
import { randomUUID } from 'node:crypto';
import { authorityOf, type SandboxCloud } from './clouds.ts';
import type { Handler } from './kit/http-server.ts';

/**
 * The version that every Azure Stack Hub answers; newer ones are not imitated. Who asks under the sandbox's own address is
 * led to its own authority. @param activeDirectory the sandbox's own
 */
export function withCloudMetadata(
  resourceManager: Handler,
  cloud: SandboxCloud,
  activeDirectory: () => string,
): Handler {
  return (request) => {
    const { pathname, searchParams } = request.url;
    const isAsked = request.method === 'GET' && pathname.replaceAll(/\/+/g, '/') === '/metadata/endpoints';
    if (!isAsked || searchParams.get('api-version') !== '2015-01-01') return resourceManager(request);
    const isOwn = request.host !== cloud.resourceManager;
    const isAdfs = cloud.identityProvider === 'adfs';
    const domain = cloud.resourceManager.replace(/^management\./, '');
    const id = randomUUID();
    return {
      status: 200,
      headers: { 'x-ms-request-id': id, 'x-ms-correlation-request-id': id },
      body: {
        galleryEndpoint: `https://gallery.${domain}/`,
        graphEndpoint: cloud.directoryGraph,
        portalEndpoint: `https://portal.${domain}/`,
        authentication: {
          // ADFS's has no slash at its end, Entra's has one.
          loginEndpoint: loginEndpoint(authorityOf(cloud, ...(isOwn ? [activeDirectory()] : []))),
          audiences: cloud.resourceManagerAudiences.filter((audience) => isAdfs || audience.endsWith('/')),
        },
      },
    };
  };
}

function loginEndpoint(authority: string): string {
  return authority.endsWith('/adfs') ? authority : `${authority}/`;
}
