import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import type { KeptTokens } from '../kept-tokens.ts';

/**
 * Fetches a new token and sends the request once more where the one that it carried is not accepted any longer (401): the
 * clocks of agent and Azure may differ, tokens are revoked, and a pause may outlast one. The SDK's clients hold on to the
 * token that they have, so it is exchanged in their next requests, too.
 */
export function renewingTokens(inner: HttpClient, tokens: Pick<KeptTokens, 'renew'>): HttpClient {
  const renewed = new Map<string, string>();
  return {
    sendRequest: async (request) => {
      const used = tokenOf(request);
      if (used === undefined) return inner.sendRequest(request);
      const sent = renewed.get(used) ?? used;
      const response = await inner.sendRequest(withToken(request, sent));
      if (response.status !== 401) return response;
      const fresh = await tokens.renew(sent);
      if (!fresh || fresh.token === sent) return response;
      renewed.set(used, fresh.token);
      return inner.sendRequest(withToken(request, fresh.token));
    },
  };
}

function tokenOf({ headers }: PipelineRequest): string | undefined {
  return /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1];
}

function withToken(request: PipelineRequest, token: string): PipelineRequest {
  request.headers.set('Authorization', `Bearer ${token}`);
  return request;
}
