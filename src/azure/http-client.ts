import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { withoutEchoes } from './answers/echoes.ts';
import { REFUSED_TUNNEL, TunnelRefused } from './tunnel-refused.ts';
import type { WayOut } from './way-out.ts';

/**
 * {@link WayOut} for all SDK clients. The SDK's own proxy policy forgets the certificate authority behind a proxy. The
 * SDK's code is loaded with the first client, not with the session: a token is asked for without it.
 */
export function sdkHttpClient(out: WayOut): HttpClient {
  let loading: Promise<HttpClient> | undefined;
  return {
    async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
      loading ??= loadInner();
      const inner = await loading;
      request.agent = out.agentFor(request.url);
      const response = await inner.sendRequest(request);
      if (response.headers.has(REFUSED_TUNNEL)) throw new TunnelRefused(response.status);
      if (response.status >= 400 && response.bodyAsText) {
        const carried = { authorization: request.headers.get('authorization') };
        response.bodyAsText = withoutEchoes(response.bodyAsText, carried);
        keepErrorBody(response, response.bodyAsText);
      }
      return response;
    },
  };
}

async function loadInner(): Promise<HttpClient> {
  const { createDefaultHttpClient } = await import('@azure/core-rest-pipeline');
  return createDefaultHttpClient();
}

/** Never on the wire: where {@link armRefusal} finds what Azure said. */
export const ERROR_BODY = 'x-keyless-pods-error-body';

/** The list operations of the newer SDKs throw away the body of a refusal, but keep its headers. */
function keepErrorBody({ headers }: PipelineResponse, body: string): void {
  headers.set(ERROR_BODY, encodeURIComponent(body));
}
