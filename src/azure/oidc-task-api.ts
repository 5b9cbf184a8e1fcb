import type { RequestOptions } from 'node:https';
import { TaskApi } from 'azure-devops-node-api/TaskApi.js';
import type { JobPlace } from '../runtime/ports.ts';
import type { Secret } from '../runtime/secret.ts';
import type { PlainAnswer } from './send.ts';
import type { WayOut } from './way-out.ts';

/** Loaded only where it is needed: Azure DevOps' client is large. */

export interface TaskApiContext {
  readonly place: JobPlace;
  readonly accessToken: Secret;
  readonly out: WayOut;
}

/** The assertion by TaskApi.createOidcToken, in one try, as the address of the agent answers it. */
export async function createOidcToken(connectionId: string, context: TaskApiContext): Promise<PlainAnswer> {
  const { collectionUri, projectId, hostType, planId, jobId } = context.place;
  // One try: whoever asks knows how often.
  const api = new TaskApi(collectionUri, [wayOut(context)], { allowRetries: false }, 'keyless-pods');
  try {
    const { oidcToken } = await api.createOidcToken({}, projectId, hostType, planId, jobId, connectionId);
    return { status: 200, body: JSON.stringify({ oidcToken }) };
  } catch (error) {
    const { statusCode } = error as { readonly statusCode?: unknown };
    if (typeof statusCode === 'number') return { status: statusCode, body: '' };
    throw error;
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
