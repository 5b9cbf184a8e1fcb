import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Agent } from 'node:http';
import https from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { trusted } from '../../azure/way-out.ts';
import type { Network, ProxyServer } from '../../runtime/ports.ts';

/** The API server's address with everything that a request to it needs. */
export interface Endpoint {
  /** `https://name:443/prefix`, without a trailing slash. */
  readonly server: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
  /** Goes with every request: an agent for a proxy forgets what it was made with. */
  readonly tls: https.RequestOptions;
  /** The same, for the client library's exec. */
  readonly config: KubeConfig;
}

/** Takes authentication and TLS from the kubeconfig, and the way out from the agent; connections are kept alive. */
export async function openEndpoint(config: KubeConfig, network: Network): Promise<Endpoint> {
  const server = config.getCurrentCluster()?.server ?? '';
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, rejectUnauthorized, servername, auth } = options;
  const tls = definedOnly({ ca, cert, key, rejectUnauthorized, servername });
  const proxy = network.proxyFor(server);
  return {
    server,
    host: new URL(server).host,
    headers: { ...stringHeaders(options.headers), ...basicAuthorization(auth) },
    agent: proxy ? proxyAgent(proxy, network) : new https.Agent({ keepAlive: true }),
    tls,
    config,
  };
}

function proxyAgent({ username, password, url }: ProxyServer, { certificateAuthority }: Network): Agent {
  // For a proxy that is reached by TLS itself.
  const ca = certificateAuthority === undefined ? {} : { ca: trusted(certificateAuthority) };
  const headers =
    username === undefined ? {} : basicAuthorization(`${username}:${password?.reveal() ?? ''}`, 'Proxy-Authorization');
  return new HttpsProxyAgent(url, { keepAlive: true, ...ca, headers });
}

function basicAuthorization(
  userAndPassword: string | null | undefined,
  header = 'Authorization',
): Record<string, string> {
  if (userAndPassword === undefined || userAndPassword === null) return {};
  return { [header]: `Basic ${Buffer.from(userAndPassword).toString('base64')}` };
}

function stringHeaders(headers: https.RequestOptions['headers']): Record<string, string> {
  const entries = Object.entries(headers ?? {}) as [string, unknown][];
  return Object.fromEntries(entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}

function definedOnly(options: Readonly<Record<string, unknown>>): https.RequestOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
