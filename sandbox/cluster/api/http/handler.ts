/** The API server's HTTP handler: authentication, then reviews, discovery and resources, refusals as Status objects. */
import { KubeStatusError } from '../../../contracts.ts';
import type { Handler, SandboxRequest, SandboxResponse } from '../../../kit/http-server.ts';
import { forbidden, statusObject } from '../errors.ts';
import { refusalText } from '../rbac.ts';
import { authenticate } from './authenticate.ts';
import { discover } from './discovery.ts';
import { openApi } from './openapi.ts';
import { parsePath } from './request-info.ts';
import { answerResource } from './resource-handler.ts';
import { json, pageNotFound, type Call, type ServerContext } from './server-context.ts';
import { ISSUER } from './tokens.ts';

export function apiHandler(context: ServerContext): Handler {
  return async (request) => {
    try {
      return await answer(context, request);
    } catch (error) {
      if (error instanceof KubeStatusError) return refusal(error);
      throw error;
    }
  };
}

function refusal(error: KubeStatusError): SandboxResponse {
  return json(error.status.code, statusObject(error));
}

async function answer(context: ServerContext, request: SandboxRequest): Promise<SandboxResponse> {
  const { clientCertificate, headers } = request;
  const credentials = { authorization: headers.authorization, ...(clientCertificate ? { clientCertificate } : {}) };
  const user = await authenticate(context, credentials);
  request.identify(user.name);
  const call: Call = { context, request, user, query: request.url.searchParams };
  const info = parsePath(request.url.pathname);
  return info.is === 'resource' ? answerResource(call, info) : answerPath(call);
}

const HEALTH = /^\/(?:healthz|livez|readyz)(?:\/(?<check>ping|etcd))?\/?$/u;

async function answerPath(call: Call): Promise<SandboxResponse> {
  const { request, user, context } = call;
  const path = request.url.pathname;
  const verb = request.method.toLowerCase();
  if (!context.core.authorizer.allows(user, { verb, path })) throw pathRefused(call, verb, path);
  if (verb !== 'get') return pageNotFound();
  if (HEALTH.test(path)) return { status: 200, body: 'ok', headers: { 'content-type': 'text/plain; charset=utf-8' } };
  if (path === '/openid/v1/jwks') return json(200, await context.tokens.publicKeys());
  if (path === '/.well-known/openid-configuration') return json(200, openIdConfiguration());
  return discover(call) ?? openApi(call) ?? pageNotFound();
}

function pathRefused({ user }: Call, verb: string, path: string): KubeStatusError {
  const { status } = forbidden({ group: '', plural: '' }, undefined, '');
  return new KubeStatusError({ ...status, message: `forbidden: ${refusalText(user, { verb, path })}`, details: {} });
}

function openIdConfiguration(): object {
  return {
    issuer: ISSUER,
    jwks_uri: `${ISSUER}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}
