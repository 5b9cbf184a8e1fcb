import type { Secret } from './secret.ts';

/** Reads a service connection as the agent hands it over; keys are case-insensitive. */
export interface EndpointReader {
  url(id: string): string | undefined;
  /** Lower-cased by the readers that compare it: `serviceprincipal`, `workloadidentityfederation`, ... */
  scheme(id: string): string | undefined;
  authorization(id: string, key: string): string | undefined;
  data(id: string, key: string): string | undefined;
}

/** What the agent shows to servers that ask who is there (mutual TLS). */
export type ClientCertificate = { readonly passphrase?: Secret } & (
  | { readonly form: 'pem'; readonly certificate: string; readonly key: Secret }
  /** PKCS #12: certificate, chain and key in one. */
  | { readonly form: 'pfx'; readonly archive: Buffer }
);

/** The agent's way out: its proxy, whom it trusts besides the public authorities, and how it identifies itself. */
export interface Network {
  /** The proxy for this address; undefined where the agent has none or its bypass list names the address. */
  proxyFor(url: string): ProxyServer | undefined;
  /** PEM of Agent.CAInfo. */
  readonly certificateAuthority: string | undefined;
  readonly clientCertificate?: ClientCertificate | undefined;
  /** Agent.SkipCertValidation: no certificate of any server is checked. */
  readonly acceptsAnyServer?: boolean;
  /** Where the instance metadata service is, if not at its usual address. No proxy ever leads there. */
  readonly metadataHost?: string | undefined;
}

export interface ProxyServer {
  /** Without user and password. */
  readonly url: string;
  readonly username?: string;
  readonly password?: Secret;
}

/** A job of an organisation, by ids. */
export interface JobPlace {
  readonly collectionUri: string;
  readonly projectId: string;
  /** `build`, `release`, ... */
  readonly hostType: string;
  readonly planId: string;
  readonly jobId: string;
}

/** What the agent knows about the job, as far as workload identity federation needs it. */
export interface JobContext {
  /** SYSTEM_OIDCREQUESTURI; absent in classic releases. */
  readonly oidcRequestUri: string | undefined;
  /** Where the job stands in Azure DevOps: what the request for an assertion is made of where there is no address. */
  readonly place?: JobPlace | undefined;
  /** The job's access token, from the SYSTEMVSSCONNECTION endpoint. */
  readonly accessToken: Secret | undefined;
}
