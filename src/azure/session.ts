import type { HttpClient } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import type { Clock } from '../runtime/clock.ts';
import type { JobContext, Network } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import type { Connection } from './connection.ts';
import { connectionCredential } from './credential.ts';
import { networkHttpClient } from './http-client.ts';
import type { ThrottleContext } from './throttle/throttle.ts';
import { throttled } from './throttle/throttle.ts';

/** A service connection in use: what every SDK client is made from. */
export interface AzureSession {
  readonly connection: Connection;
  readonly subscriptionId: string;
  readonly credential: TokenCredential;
  /** To Azure Resource Manager, as fast as it takes requests. */
  readonly http: HttpClient;
}

export interface SessionContext {
  readonly network: Network;
  readonly job: JobContext;
  readonly clock: Clock;
  readonly mask: Mask;
  readonly throttle: Omit<ThrottleContext, 'clock'>;
}

export function openSession(connection: Connection, context: SessionContext): AzureSession {
  const { network, job, clock, mask } = context;
  const http = networkHttpClient(network);
  const credential = connectionCredential(connection, { http, job, clock, mask, metadataHost: network.metadataHost });
  const gate = throttled(http, { ...context.throttle, clock });
  return { connection, subscriptionId: connection.subscriptionId, credential, http: gate };
}

/** Options that are the same for every SDK client; the two generations of SDKs name the token's scope differently. */
export function clientOptions({ connection, http }: AzureSession): {
  endpoint: string;
  httpClient: HttpClient;
  credentialScopes: string[];
  credentials: { scopes: string[] };
  userAgentOptions: { userAgentPrefix: string };
} {
  const scopes = [`${connection.cloud.resourceManagerAudience}/.default`];
  return {
    endpoint: connection.cloud.resourceManager,
    httpClient: http,
    credentialScopes: scopes,
    credentials: { scopes },
    userAgentOptions: { userAgentPrefix: 'keyless-pods' },
  };
}
