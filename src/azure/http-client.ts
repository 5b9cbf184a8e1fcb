import https from 'node:https';
import type { SecureContext } from 'node:tls';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { Agent, HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { Network, ProxyServer } from '../runtime/ports.ts';

export interface NetworkHttpClient extends HttpClient {
  /** The same way out for a library that sends its requests itself, as options of `https.request`. */
  optionsFor(url: string): { readonly agent: Agent; readonly secureContext?: SecureContext };
}

/**
 * The one way out to Azure, Microsoft Entra and Azure DevOps for all SDK clients: the agent's proxy, its certificate
 * authority, kept-alive connections. The SDK's own proxy policy forgets the certificate authority behind a proxy.
 */
export function networkHttpClient(network: Network): NetworkHttpClient {
  const inner = createDefaultHttpClient();
  const { certificateAuthority } = network;
  const secureContext = certificateAuthority === undefined ? undefined : trustingAlso(certificateAuthority);
  const agents = new Map<string, Agent>();
  const agentFor = (url: string): Agent => {
    const proxy = network.proxyFor(url);
    const key = proxy?.url ?? '';
    const known = agents.get(key) ?? newAgent(proxy);
    agents.set(key, known);
    return known;
  };
  return {
    optionsFor: (url) => ({ agent: agentFor(url), ...(secureContext ? { secureContext } : {}) }),
    async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
      request.agent = agentFor(request.url);
      // HttpsProxyAgent forgets the options it was made with; those of the request reach the TLS connection in its tunnel.
      if (secureContext) request.requestOverrides = { ...request.requestOverrides, secureContext };
      const response = await inner.sendRequest(request);
      if (response.status === 407) throw proxyRefused(request.url);
      if (response.status >= 400 && response.bodyAsText) keepErrorBody(response, response.bodyAsText);
      return response;
    },
  };
}

/**
 * What `ca: [...rootCertificates, more]` means, in a tenth of the time: Node adds to its own authorities, which it holds
 * ready, in place of parsing them all anew. Made once and not for every connection.
 */
function trustingAlso(certificateAuthority: string): SecureContext {
  const trusting = createSecureContext();
  (trusting.context as { addCACert(pem: string): void }).addCACert(certificateAuthority);
  return trusting;
}

/** Never on the wire: where {@link armRefusal} finds what Azure said. */
export const ERROR_BODY = 'x-keyless-pods-error-body';

/** The list operations of the newer SDKs throw away the body of a refusal, but keep its headers. */
function keepErrorBody({ headers }: PipelineResponse, body: string): void {
  headers.set(ERROR_BODY, encodeURIComponent(body));
}

/** Only a proxy answers 407; the SDKs would take it for the service's own words. */
function proxyRefused(url: string): DiagnosticError {
  return new DiagnosticError('CON004', {
    message: `${new URL(url).host} cannot be reached: the proxy refuses to lead there without a valid user name and password (status 407).`,
    fix: 'Configure the agent with the user name and the password of its proxy (Agent.ProxyUsername, Agent.ProxyPassword).',
  });
}

function newAgent(proxy: ProxyServer | undefined): Agent {
  if (!proxy) return new https.Agent({ keepAlive: true });
  const authorization = proxyAuthorization(proxy);
  const headers = authorization === undefined ? {} : { 'Proxy-Authorization': authorization };
  return new HttpsProxyAgent(proxy.url, { keepAlive: true, headers });
}

function proxyAuthorization({ username, password }: ProxyServer): string | undefined {
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password?.reveal() ?? ''}`).toString('base64')}`;
}

/** Agent.CAInfo comes on top of the public authorities, as it does for the agent itself. */
export function trusted(certificateAuthority: string): string[] {
  return [...rootCertificates, certificateAuthority];
}
