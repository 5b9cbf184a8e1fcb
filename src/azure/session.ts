import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { JobContext, Network } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import type { Connection } from './connection.ts';
import { connectionCredential } from './credential.ts';
import { sdkHttpClient } from './http-client.ts';
import type { Patience } from './patience/patience.ts';
import { patientHttpClient } from './patience/patient-http-client.ts';
import type { ThrottleContext } from './throttle/throttle.ts';
import { wayOut } from './way-out.ts';

/** A service connection in use: what every SDK client is made from. */
export interface AzureSession {
  readonly connection: Connection;
  readonly subscriptionId: string;
  readonly credential: TokenCredential;
  /** To Azure Resource Manager, as fast as it takes requests. */
  readonly http: HttpClient;
  /**
   * Asks for the token and opens connections to Azure Resource Manager meanwhile. Resolves as soon as the request is on
   * its way, so that code can be loaded while it is answered; whoever needs the token first hears of a failure.
   */
  begin(): Promise<void>;
  /**
   * Asks once for what does not change while the task runs, however many clusters want to know it. A failure is not
   * kept. `what`: a name of its own for each kind of answer.
   */
  once<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer>;
}

export interface SessionContext {
  readonly network: Network;
  readonly job: JobContext;
  readonly mask: Mask;
  readonly patience: Patience;
  /** What to tell of a pause that Azure asks for. */
  readonly onThrottled: ThrottleContext['onWait'];
}

/** Reads of a run that go out side by side once there is a token. */
const READS_AT_ONCE = 2;

export function openSession(connection: Connection, context: SessionContext): AzureSession {
  const { network, job, mask, patience, onThrottled } = context;
  const out = wayOut(network);
  const { cloud, subscriptionId } = connection;
  let onSent: () => void = () => undefined;
  const credential = connectionCredential(connection, {
    out,
    job,
    mask,
    patience,
    metadataHost: network.metadataHost,
    onSent: () => {
      onSent();
    },
  });
  const begin = async (): Promise<void> => {
    const scope = `${cloud.resourceManagerAudience}/.default`;
    const sent = new Promise<void>((resolve) => {
      onSent = resolve;
    });
    const answered = credential.begin(scope);
    out.openEarly(cloud.resourceManager, READS_AT_ONCE);
    await Promise.race([sent, answered]);
  };
  const http = patientHttpClient(sdkHttpClient(out), { patience, tokens: credential, onThrottled });
  return { connection, subscriptionId, credential, http, begin, once: onceEach() };
}

function onceEach(): AzureSession['once'] {
  const answers = new Map<string, Promise<unknown>>();
  return <Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const known = answers.get(what) as Promise<Answer> | undefined;
    if (known) return known;
    const asked = ask();
    answers.set(what, asked);
    asked.catch(() => answers.delete(what));
    return asked;
  };
}

/** The same connection for what lies in another subscription. */
export function inSubscription(session: AzureSession, subscriptionId: string): AzureSession {
  return { ...session, subscriptionId };
}

/** Options that are the same for every SDK client; the two generations of SDKs name the token's scope differently. */
export function clientOptions({ connection, http }: Pick<AzureSession, 'connection' | 'http'>): {
  endpoint: string;
  httpClient: HttpClient;
  credentialScopes: string[];
  credentials: { scopes: string[] };
  userAgentOptions: { userAgentPrefix: string };
  retryOptions: { maxRetries: number };
} {
  const scopes = [`${connection.cloud.resourceManagerAudience}/.default`];
  return {
    endpoint: connection.cloud.resourceManager,
    httpClient: http,
    credentialScopes: scopes,
    credentials: { scopes },
    userAgentOptions: { userAgentPrefix: 'keyless-pods' },
    // The session's own client sends again what may be sent again.
    retryOptions: { maxRetries: 0 },
  };
}
