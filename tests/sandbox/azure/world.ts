/** An Azure of its own behind real TLS servers, and Microsoft's clients for it. */
import type { TokenCredential } from '@azure/identity';
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { createAzure, type Azure } from '../../../sandbox/azure/index.ts';
import type { KubeObject, RunningCluster } from '../../../sandbox/contracts.ts';
import { createTokenAuthority, type EntraTokenAuthority } from '../../../sandbox/entra/token-authority.ts';
import { createCertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import type { Clock } from '../../../sandbox/kit/clock.ts';
import { startServer, type RunningServer } from '../../../sandbox/kit/http-server.ts';
import { parseScenario } from '../../../sandbox/scenario/load.ts';
import type { Scenario } from '../../../sandbox/scenario/types.ts';
import { assertSpecified, createSpecificationCheck } from '../../support/specification/check.ts';

export const tenantId = '11111111-1111-4111-8111-111111111111';
export const otherTenantId = '22222222-2222-4222-8222-222222222222';
export const subscriptionId = '33333333-3333-4333-8333-333333333333';
export const subscription = `/subscriptions/${subscriptionId}`;
export const nodeGroup = `${subscription}/resourceGroups/nodes`;
export const appGroup = `${subscription}/resourceGroups/app`;
export const clusterId = `${appGroup}/providers/Microsoft.ContainerService/managedClusters/aks`;
export const vaultId = (name: string): string => `${appGroup}/providers/Microsoft.KeyVault/vaults/${name}`;
export const identityId = (name: string): string =>
  `${appGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
export const scaleSetId = `${nodeGroup}/providers/Microsoft.Compute/virtualMachineScaleSets/vmss`;
export const management = 'https://management.azure.com/';

/** Callers: `owner` may do everything; the others hold what a test gives them. */
export const scenarioYaml = `
tenants:
  - name: home
    id: ${tenantId}
    applications: [{ name: owner }, { name: caller }, { name: other }, { name: librarian, directoryReader: true }]
  - name: elsewhere
    id: ${otherTenantId}
    applications: [{ name: stranger }]
subscriptions:
  - name: Test
    id: ${subscriptionId}
    tenant: home
    customRoles:
      - { name: Vault watcher, actions: [Microsoft.KeyVault/*], notActions: [Microsoft.KeyVault/vaults/accessPolicies/write] }
    roleAssignments:
      - { role: Owner, principal: owner, scope: '{subscription}' }
    resourceGroups:
      - name: app
        identities: [{ name: one }, { name: two }]
        clusters:
          - { name: aks, tags: { Team: Payments, stage: prod }, nodeResourceGroup: nodes, kubeletIdentity: app/one, nodes: [{ name: n0, scaleSet: vmss }] }
          - { name: entra, tags: { stage: prod }, nodeResourceGroup: nodes, kubeletIdentity: app/one, disableLocalAccounts: true }
          - { name: asleep, nodeResourceGroup: nodes, kubeletIdentity: app/one, powerState: Stopped }
          - { name: locked, nodeResourceGroup: locked-nodes, kubeletIdentity: app/one, nodeRestriction: ReadOnly, provisioningState: Upgrading }
          - { name: classic, nodeResourceGroup: nodes, identityType: None }
        vaults:
          - name: kvpolicy
            accessPolicies:
              - { principal: owner, secrets: [get, list, set] }
              - { principal: other, applicationId: 44444444-4444-4444-8444-444444444444, secrets: [get] }
            secrets: [{ name: password, value: hunter2 }, { name: retired, enabled: false }]
          - { name: kvroles, rbac: true, secrets: [{ name: password, value: hunter3 }, { name: second }] }
          - { name: kvwalled, accessPolicies: [{ principal: owner, secrets: [get] }], networkAcls: { defaultAction: Deny, ipRules: [20.0.0.0/8] }, secrets: [{ name: password }] }
          - { name: kvopen, accessPolicies: [{ principal: owner, secrets: [get] }], networkAcls: { defaultAction: Deny, ipRules: [127.0.0.0/8] }, secrets: [{ name: password }, { name: expired, notBefore: '2019-01-01T00:00:00Z', expires: '2020-01-01T00:00:00Z' }] }
          - { name: kvprivate, publicNetworkAccess: Disabled, accessPolicies: [{ principal: owner, secrets: [get] }], secrets: [{ name: password }] }
          - { name: kvgone, deleted: true, softDeleteRetentionInDays: 7, accessPolicies: [{ principal: owner, secrets: [get] }], secrets: [{ name: password, value: hunter4 }] }
          - { name: kvprotected, deleted: true, purgeProtection: true }
      - name: nodes
        scaleSets:
          - { name: vmss, identities: ['{subscription}/resourcegroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one'] }
          - { name: bare }
      - name: locked-nodes
        scaleSets: [{ name: vmss }]
`;

export interface Asked {
  readonly as?: string;
  readonly body?: unknown;
  /** In place of the caller's own token; empty: none. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What tests read of answers; which of it is there depends on what was asked. */
export interface Body {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly nextLink: string;
  readonly value: readonly Body[];
  readonly properties: { readonly enableRBAC: boolean; readonly description: string };
  readonly identity: { readonly userAssignedIdentities: Readonly<Record<string, { readonly clientId: string }>> };
  readonly subscriptionId: string;
}

export interface Answered {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Body;
  /** Status, error code and inner error code: `403 Forbidden ForbiddenByRbac`; only the status of a success. */
  readonly outcome: string;
  /** The error's text, empty for a success. */
  readonly message: string;
}

export interface TestAzure {
  readonly azure: Azure;
  readonly tokens: EntraTokenAuthority;
  readonly endpoint: string;
  /** Leads every name to the right server and trusts its certificate. */
  readonly http: HttpClient;
  principal(name: string): { readonly objectId: string; readonly clientId: string; readonly tenantId: string };
  token(name: string, audience: string): Promise<string>;
  credential(name: string): TokenCredential;
  arm(method: HttpMethods, path: string, asked?: Asked): Promise<Answered>;
  vault(name: string, path: string, asked?: Asked): Promise<Answered>;
  grant(role: string, scope: string, principal?: string): Promise<string>;
  /** Gives a principal these permissions on secrets, and no others, by the vault's policies. */
  allow(vault: string, principal: string, secrets: readonly string[]): Promise<void>;
  /** Brings a deleted vault back. */
  recover(vault: string): Promise<void>;
  stop(): Promise<void>;
}

/** Keys take longer to make than the rest of an Azure: all tests share them. */
const keys = (async () => {
  const tokens = await createTokenAuthority([tenantId, otherTenantId]);
  const authority = await createCertificateAuthority('test authority');
  return {
    tokens,
    authority,
    tls: await authority.serverCertificate(['localhost', '*.vault.azure.net', 'graph.microsoft.com']),
  };
})();

export interface TestAzureOptions {
  readonly now?: Clock;
  /** As the scenario file says it, in one line. Default: what Azure documents. */
  readonly throttling?: string;
  /** Further lines of the scenario. */
  readonly more?: string;
  /** In place of all that. */
  readonly scenario?: Scenario;
}

export async function startTestAzure(options: TestAzureOptions = {}): Promise<TestAzure> {
  const { now, throttling = '{}', more = '' } = options;
  const scenario = options.scenario ?? parseScenario(`${scenarioYaml}throttling: ${throttling}\n${more}\n`);
  const { tokens, authority, tls } = await keys;
  const azure = createAzure({
    scenario,
    tokens,
    caPem: authority.caPem,
    now,
    clusters: { byResourceId: runningCluster },
  });
  const check = createSpecificationCheck();
  const start = (name: string, handler: Azure['keyVault']): Promise<RunningServer> =>
    startServer({ name, tls, handler, intercept: check.intercept, record: () => undefined });
  const [rm, keyVault, graph] = await Promise.all([
    start('resourceManager', azure.resourceManager),
    start('keyVault', azure.keyVault),
    start('graph', azure.graph),
  ]);
  const http = routed(authority.caPem, (host) => {
    if (host.endsWith('.vault.azure.net')) return keyVault.port;
    return host === 'graph.microsoft.com' ? graph.port : undefined;
  });
  const principal: TestAzure['principal'] = (name) => {
    for (const tenant of scenario.tenants) {
      const found = tenant.applications.find((application) => application.name === name);
      if (found) return { objectId: found.objectId, clientId: found.clientId, tenantId: tenant.id };
    }
    const found = scenario.subscriptions[0]!.resourceGroups[0]!.identities.find((identity) => identity.name === name)!;
    return { objectId: found.principalId, clientId: found.clientId, tenantId };
  };
  const token: TestAzure['token'] = (name, audience) => tokens.issue({ ...principal(name), audience });
  const ask = async (url: string, method: HttpMethods, asked: Asked, audience: string): Promise<Answered> => {
    const bearer = asked.token ?? (await token(asked.as ?? 'owner', audience));
    const headers = createHttpHeaders({
      ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }),
      'content-type': 'application/json',
      ...asked.headers,
    });
    const body = asked.body === undefined ? {} : { body: JSON.stringify(asked.body) };
    const response = await http.sendRequest(createPipelineRequest({ url, method, headers, ...body }));
    return answered(response);
  };
  const arm: TestAzure['arm'] = (method, path, asked = {}) => ask(rm.url + path, method, asked, management);
  return {
    azure,
    tokens,
    endpoint: rm.url,
    http,
    principal,
    token,
    credential: (name) => ({
      getToken: async (scopes) => ({
        token: await token(name, [scopes].flat()[0]!.replace(/\/\.default$/, '')),
        expiresOnTimestamp: Date.now() + 3_600_000,
      }),
    }),
    arm,
    vault: (name, path, asked = {}) =>
      ask(`https://${name}.vault.azure.net${path}`, 'GET', asked, 'https://vault.azure.net'),
    grant: async (role, scope, name = 'caller') => {
      const roles = await arm(
        'GET',
        `${subscription}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=roleName eq '${encodeURIComponent(role)}'`,
      );
      const assignment = crypto.randomUUID();
      const put = await arm('PUT', assignmentPath(scope, assignment), {
        body: { properties: { roleDefinitionId: roles.body.value[0]!.id, principalId: principal(name).objectId } },
      });
      if (put.status !== 201) throw new Error(put.outcome);
      return assignment;
    },
    allow: async (vault, name, secrets) => {
      const accessPolicies = [{ tenantId, objectId: principal(name).objectId, permissions: { secrets } }];
      const path = `${vaultId(vault)}/accessPolicies/replace?api-version=2023-07-01`;
      const { status, outcome } = await arm('PUT', path, { body: { properties: { accessPolicies } } });
      if (status !== 200) throw new Error(outcome);
    },
    recover: async (vault) => {
      const properties = { tenantId, sku: { family: 'A', name: 'standard' }, createMode: 'recover' };
      const body = { location: 'westeurope', properties };
      const { status, outcome } = await arm('PUT', `${vaultId(vault)}?api-version=2023-07-01`, { body });
      if (status !== 200) throw new Error(outcome);
    },
    stop: async () => {
      await Promise.all([rm.close(), keyVault.close(), graph.close()]);
      assertSpecified(check);
    },
  };
}

export function assignmentPath(scope: string, name: string): string {
  return `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`;
}

/** Two of the scenario's clusters run, as far as Resource Manager asks. */
function runningCluster(id: string): RunningCluster | undefined {
  const name = id.toLowerCase().split('/').at(-1);
  if (name !== 'aks' && name !== 'entra') return undefined;
  const object = (kind: string, named: string, namespace?: string): KubeObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: named, ...(namespace === undefined ? {} : { namespace }) },
  });
  const running: Partial<RunningCluster> = {
    kubeconfig: (kind) =>
      name === 'aks' ? `kubeconfig of ${kind}` : 'users: [{ name: clusterUser_app_entra, user: { token: none } }]\n',
    dump: () =>
      Promise.resolve([object('Namespace', 'default'), object('Namespace', 'app'), object('Pod', 'web', 'app')]),
  };
  return running as RunningCluster;
}

interface ErrorBody {
  readonly code?: string;
  readonly message?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly innererror?: { readonly code: string } };
}

function answered({ status, headers, bodyAsText }: PipelineResponse): Answered {
  const text = bodyAsText ?? '';
  const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Body & ErrorBody;
  const refusal = body.error ?? (status < 400 ? undefined : body);
  const parts = [status, refusal?.code, body.error?.innererror?.code];
  return {
    status,
    header: (name) => headers.get(name),
    body,
    outcome: parts.filter((part) => part !== undefined).join(' '),
    message: refusal?.message ?? '',
  };
}

/** `port`: of the server behind a name; undefined for those that are addresses already. */
function routed(ca: string, port: (host: string) => number | undefined): HttpClient {
  const client = createDefaultHttpClient();
  return {
    sendRequest: async (request) => {
      const { url: asked } = request;
      const url = new URL(asked);
      request.tlsSettings = { ca };
      const local = port(url.hostname);
      if (local !== undefined) {
        request.headers.set('host', url.hostname);
        url.host = `localhost:${String(local)}`;
      }
      request.url = url.href;
      try {
        return await client.sendRequest(request);
      } finally {
        // Clients compare the name that they asked with the challenge's.
        request.url = asked;
      }
    },
  };
}

/** For both generations of Microsoft's clients: they name the token's scope differently. */
export function clientOptions({ endpoint, http }: TestAzure): {
  readonly endpoint: string;
  readonly httpClient: HttpClient;
  readonly credentialScopes: string[];
  readonly credentials: { scopes: string[] };
} {
  const scopes = [`${management}/.default`];
  return { endpoint, httpClient: http, credentialScopes: scopes, credentials: { scopes } };
}
