/** What a job needs to know to use a running sandbox as if it were Azure: real names, behind the sandbox's proxy. */
import { inheritedEnvironment, type JobOptions } from '../agent/index.ts';
import type { Connection } from '../connection.ts';

type SandboxJobOptions = Pick<
  JobOptions,
  | 'accessToken'
  | 'caFile'
  | 'collectionUri'
  | 'endpoints'
  | 'hostEnvironment'
  | 'jobId'
  | 'oidcRequestUri'
  | 'planId'
  | 'project'
  | 'proxy'
>;

/** The agent is configured with a proxy and an authority, and the service connections carry Azure's public addresses. */
export function jobOptionsBehindProxy(connection: Connection): SandboxJobOptions {
  return {
    ...commonOptions(connection),
    endpoints: connection.publicServiceConnections,
    proxy: { url: connection.proxy },
  };
}

/** No proxy: the service connections carry the sandbox's own addresses, as an Azure Stack's connection would. */
export function jobOptionsDirect(connection: Connection): SandboxJobOptions {
  return { ...commonOptions(connection), endpoints: connection.serviceConnections };
}

function commonOptions(connection: Connection): SandboxJobOptions {
  const { job, project, collectionUri, oidcRequestUri, caFile, agentMetadata } = connection;
  // The real address of the metadata service is nobody's here, and no proxy leads to it.
  const hostEnvironment = { ...inheritedEnvironment(), AZURE_POD_IDENTITY_AUTHORITY_HOST: agentMetadata };
  return { ...job, project, collectionUri, oidcRequestUri, caFile, hostEnvironment };
}
