/** The edge with the smallest backends that say what they were asked, for tests of the edge alone. */
import { startEdge, type Edge, type EdgeOptions } from '../../../sandbox/edge.ts';
import { createCertificateAuthority, type CertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import { chainIntercepts } from '../../../sandbox/kit/faults.ts';
import type { Handler, Intercept } from '../../../sandbox/kit/http-server.ts';
import { createRequestLog, requestLogRoute, type RequestLog } from '../../../sandbox/kit/request-log.ts';
import { loadScenario } from '../../../sandbox/scenario/load.ts';
import type { ApplicationSpec, Scenario } from '../../../sandbox/scenario/types.ts';

export interface TestEdge extends Edge {
  readonly scenario: Scenario;
  readonly authority: CertificateAuthority;
  readonly requests: RequestLog;
  readonly application: ApplicationSpec;
  readonly tenantId: string;
}

export async function startTestEdge(
  options: {
    intercept?: Intercept;
    proxyCredentials?: EdgeOptions['proxyCredentials'];
    scenario?: Scenario;
    now?: EdgeOptions['now'];
  } = {},
): Promise<TestEdge> {
  const scenario = options.scenario ?? loadScenario('article');
  const authority = await createCertificateAuthority('test authority');
  const requests = createRequestLog();
  const edge = await startEdge({
    scenario,
    authority,
    requests,
    intercept: chainIntercepts(requestLogRoute(requests), options.intercept),
    latency: 0,
    basePort: 0,
    proxyCredentials: options.proxyCredentials,
    now: options.now,
    backends: () => ({
      resourceManager: echo('resourceManager'),
      graph: echo('graph'),
      keyVault: echo('keyVault'),
      instanceMetadata: (request) =>
        Promise.resolve({ status: 200, body: { node: request.path, headers: request.headers } }),
      agentMetadata: (request) => Promise.resolve({ status: 200, body: { agent: request.path } }),
    }),
  });
  const [tenant] = scenario.tenants;
  return { ...edge, scenario, authority, requests, application: tenant!.applications[0]!, tenantId: tenant!.id };
}

function echo(server: string): Handler {
  return ({ method, host, url, headers, body }) => ({
    status: 200,
    body: {
      server,
      method,
      host,
      path: url.pathname + url.search,
      authorization: headers.authorization,
      body: body.toString(),
    },
  });
}
