/** What the service connections of the scenario hold besides secrets: certificates as files, a federated token. */
import { mkdirSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** `assertion`, and `certificate:<name of the connection>`. */
export async function credentials(sandbox: Sandbox, folder: string): Promise<Readonly<Record<string, string>>> {
  const certificates = path.join(folder, 'certificates');
  mkdirSync(certificates);
  const found: Record<string, string> = { assertion: await federatedAssertion(sandbox, 'azure-conn-federated') };
  for (const { name, id, variables } of sandbox.connection.publicServiceConnections) {
    const pem = variables[`ENDPOINT_AUTH_PARAMETER_${id}_SERVICEPRINCIPALCERTIFICATE`];
    if (pem === undefined) continue;
    const file = path.join(certificates, `${name}.pem`);
    writeFileSync(file, pem, { mode: 0o600 });
    found[`certificate:${name}`] = file;
  }
  return found;
}

/** As a job asks Azure DevOps for it; valid for ten minutes. */
async function federatedAssertion({ connection, ca }: Sandbox, name: string): Promise<string> {
  const endpoint = connection.publicServiceConnections.find((each) => each.name === name);
  const url = `${connection.oidcRequestUri}?api-version=7.1&serviceConnectionId=${endpoint?.id ?? ''}`;
  const headers = { authorization: `Bearer ${connection.job.accessToken}`, 'content-length': '0' };
  const request = https.request(url, { method: 'POST', ca, agent: false, headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  request.end();
  const { oidcToken } = JSON.parse(await text(await answered)) as { readonly oidcToken: string };
  return oidcToken;
}
