import { readFileSync } from 'node:fs';
// Before task-lib, which tells what it finds.
import { clientCertificatePassword, proxyPassword, proxyUrl } from './agent-secrets.ts';
import tl from 'azure-pipelines-task-lib/task.js';
import type { Network } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import { environmentProxy } from './environment-proxy.ts';
import type { ProxyChoice } from './proxy-choice.ts';
import { agentProxy } from './proxy-choice.ts';
import { readCertificateAuthority, readClientCertificate } from './tls-files.ts';

const UNCHECKED =
  'The agent is configured to accept any certificate (Agent.SkipCertValidation): nobody checks that Azure, Microsoft Entra and the cluster are who they say. Configure it with the right authority instead (config.sh --sslcacert).';

/**
 * The way out that the agent was configured with; that of the environment only where it was configured with no proxy.
 * @param warn is told what the agent leaves open @throws DiagnosticError CON008
 */
export function agentNetwork(mask: Mask, warn: (text: string) => void): Network {
  const files = {
    ca: setting('Agent.CAInfo'),
    certificate: setting('Agent.ClientCert'),
    key: setting('Agent.ClientCertKey'),
    archive: setting('Agent.ClientCertArchive'),
    password: clientCertificatePassword,
  };
  const reader = { read: (file: string) => readFileSync(file), mask };
  const acceptsAnyServer = setting('Agent.SkipCertValidation')?.toLowerCase() === 'true';
  if (acceptsAnyServer) warn(UNCHECKED);
  return {
    // The name by which Microsoft's own libraries know it.
    metadataHost: process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'],
    certificateAuthority: readCertificateAuthority(files, reader),
    clientCertificate: readClientCertificate(files, reader),
    acceptsAnyServer,
    proxyFor: proxyChoice(mask),
  };
}

function proxyChoice(mask: Mask): ProxyChoice {
  if (proxyUrl === undefined) return environmentProxy(process.env, mask);
  const bypassList = setting('Agent.ProxyBypassList');
  const username = setting('Agent.ProxyUsername');
  return agentProxy({ url: proxyUrl, username, password: proxyPassword, bypassList }, mask);
}

/** The agent leaves out what was not configured; an empty one is the same. */
function setting(name: string): string | undefined {
  const value = tl.getVariable(name);
  return value === undefined || value === '' ? undefined : value;
}
