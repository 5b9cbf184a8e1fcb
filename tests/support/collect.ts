/** Gathers what a run leaves behind, and the secrets that went over the wire while it ran. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import type { RequestRecord } from '../../sandbox/contracts.ts';
import type { Intercept, InterceptEvent } from '../../sandbox/kit/http-server.ts';
import { contentOf } from '../../sandbox/kit/response.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { KnownSecret, Place } from './leaks.ts';

/**
 * Everything that people or programs can read after a run. Output is searched unmasked: a mask that happens to cover a
 * leak does not make it good. Only the commands that register a mask are left out, since the agent swallows them.
 */
export function placesOf(run: TaskRun, workFolder?: string, requests: readonly RequestRecord[] = []): readonly Place[] {
  const output = run.rawOutput.filter((line) => !/^##vso\[task\.(setsecret|settaskvariable)\b/i.test(line.trim()));
  return [
    { name: 'stdout and stderr', content: output.join('\n') },
    { name: 'issues', content: run.issues.map(({ message }) => message).join('\n') },
    { name: 'output variables', content: Object.values(run.outputVariables).join('\n') },
    { name: 'process arguments', content: run.arguments.join(' ') },
    ...run.attachments.map(({ name, content }) => ({ name: `attachment ${name}`, content: content.toString() })),
    ...(workFolder === undefined ? [] : filesBelow(workFolder)),
    ...requests.map((record) => ({
      name: `request log of ${record.server}`,
      content: `${record.host} ${record.path} ${record.userAgent ?? ''}`,
    })),
  ];
}

function filesBelow(folder: string): readonly Place[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((each) => statSync(path.join(folder, each)).isFile())
    .map((each) => ({ name: `file ${each}`, content: readFileSync(path.join(folder, each), 'utf8') }));
}

export interface CredentialCollector {
  readonly intercept: Intercept;
  readonly seen: () => readonly KnownSecret[];
  /** Begins anew. */
  readonly forget: () => void;
}

/**
 * Remembers every credential that reaches a server or is handed out by one: bearer tokens, client secrets, assertions. An
 * answer may break off, so parts of a token are looked for, too.
 */
export function credentialCollector(): CredentialCollector {
  const secrets = new Map<string, KnownSecret>();
  const remember = (name: string, value: string | undefined | null): void => {
    if (!value) return;
    secrets.set(value, { name, value });
    for (const part of partsOf(value)) secrets.set(part, { name: `part of ${name}`, value: part });
  };
  return {
    seen: () => [...secrets.values()],
    forget: () => {
      secrets.clear();
    },
    intercept: (event) => {
      const { server } = event;
      if (event.phase === 'after') {
        for (const field of ['access_token', 'oidcToken']) remember(`${field} of ${server}`, textIn(event, field));
        return undefined;
      }
      remember(`bearer token sent to ${server}`, /^Bearer (.+)$/.exec(event.headers.authorization ?? '')?.[1]);
      if (server === 'entra') {
        const form = new URLSearchParams(event.body.toString());
        for (const name of ['client_secret', 'client_assertion']) remember(name, form.get(name));
      }
      return undefined;
    },
  };
}

const PART = 48;

/** Of a long one; the head of a token, which says how it is signed, is no secret. */
function partsOf(value: string): readonly string[] {
  const rest = value.slice(value.indexOf('.') + 1);
  const count = value.length > 4 * PART ? Math.floor(rest.length / PART) : 0;
  return Array.from({ length: count }, (_, index) => rest.slice(index * PART, (index + 1) * PART));
}

function textIn({ response }: Extract<InterceptEvent, { phase: 'after' }>, field: string): string | undefined {
  const content = contentOf(response.body).content?.toString() ?? '';
  return new RegExp(`"${field}":\\s*"([^"]+)"`).exec(content)?.[1];
}

/** What the scenario keeps secret, whoever asks. */
export function secretsOf({ scenario, connection, clusters }: Sandbox): readonly KnownSecret[] {
  const vaults = scenario.subscriptions.flatMap(({ resourceGroups }) =>
    resourceGroups.flatMap((group) => group.vaults),
  );
  const applications = scenario.tenants.flatMap((tenant) => tenant.applications);
  return [
    ...vaults.flatMap((vault) => vault.secrets.map(({ name, value }) => ({ name: `${name} of ${vault.name}`, value }))),
    ...applications.map(({ name, secret }) => ({ name: `secret of ${name}`, value: secret })),
    { name: "the job's access token", value: connection.job.accessToken },
    ...privateKeyLines(readFileSync(connection.certificateFile, 'utf8')),
    ...clusters.flatMap((cluster) =>
      keysOf(cluster.kubeconfig('user')).map((value) => ({ name: `key of ${cluster.name}`, value })),
    ),
  ];
}

/** The certificate in the same file is no secret. */
function privateKeyLines(pem: string): readonly KnownSecret[] {
  const key = pem.slice(pem.indexOf('-----BEGIN PRIVATE'));
  return pemBody(key).map((value) => ({ name: "key of the connection's certificate", value }));
}

/** The private parts of a kubeconfig, as they stand there (base64) and decoded. */
function keysOf(kubeconfig: string): string[] {
  const encoded = [...kubeconfig.matchAll(/(?:client-key-data|token):\s*"?([A-Za-z0-9+/=._-]+)/g)].map(
    ([, value]) => value ?? '',
  );
  return encoded.flatMap((value) => [value, ...pemBody(Buffer.from(value, 'base64').toString())]);
}

export function pemBody(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.length > 20 && !line.startsWith('-----'));
}
