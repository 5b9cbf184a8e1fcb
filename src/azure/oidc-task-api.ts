import type { RequestOptions } from 'node:https';
import { TaskApi } from 'azure-devops-node-api/TaskApi.js';
import type { JobPlace } from '../runtime/ports.ts';
import type { Secret } from '../runtime/secret.ts';
import { networkFailure } from './network-failure.ts';
import type { OidcAnswer } from './oidc-token.ts';
import type { WayOut } from './way-out.ts';

/** Loaded only where it is needed: Azure DevOps' client is large. */

export interface TaskApiContext {
  readonly place: JobPlace;
  readonly accessToken: Secret;
  readonly out: WayOut;
}

/** The assertion by TaskApi.createOidcToken. @throws DiagnosticError CON004 where nobody answers */
export async function createOidcToken(connectionId: string, context: TaskApiContext): Promise<OidcAnswer> {
  const { collectionUri, projectId, hostType, planId, jobId } = context.place;
  const api = new TaskApi(collectionUri, [wayOut(context)], {}, 'keyless-pods');
  try {
    const { oidcToken } = await api.createOidcToken({}, projectId, hostType, planId, jobId, connectionId);
    return { status: 200, token: oidcToken };
  } catch (error) {
    const { statusCode } = error as { readonly statusCode?: unknown };
    if (typeof statusCode === 'number') return { status: statusCode };
    throw networkFailure(error, new URL(collectionUri).host);
  }
}

type Handler = ConstructorParameters<typeof TaskApi>[1][number];

/** The client's own proxy settings know files and no bypass of ours, so every request gets the way out of all others. */
function wayOut({ place, accessToken, out }: TaskApiContext): Handler {
  return {
    prepareRequest: (options: RequestOptions) => {
      options.agent = out.agentFor(place.collectionUri);
      options.headers = {
        ...(options.headers as Record<string, string>),
        Authorization: `Bearer ${accessToken.reveal()}`,
        // Without it an expired token is answered by a redirect to a sign-in page instead of a 401.
        'X-TFS-FedAuthRedirect': 'Suppress',
      };
    },
    canHandleAuthentication: () => false,
    handleAuthentication: () => Promise.reject(new Error('never asked')),
  };
}
