/** Answers that quote all of the request, secrets included, as gateways do that want to be helpful. */
import type { InterceptedRequest, SandboxResponse } from '../../sandbox/kit/http-server.ts';

export function echoingPage(request: InterceptedRequest): SandboxResponse {
  const body = `<!DOCTYPE html>\n<html><body><pre>${quoted(request)}</pre></body></html>\n`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

/** In the form of the service that was asked. */
export function echoingRefusal(request: InterceptedRequest): SandboxResponse {
  const said = `Cannot be understood: ${quoted(request)}`;
  const bodies: Readonly<Record<string, unknown>> = {
    azureDevOps: { message: said },
    entra: { error: 'invalid_request', error_description: said },
    agentMetadata: { error: 'invalid_request', error_description: said },
  };
  return { status: 400, body: bodies[request.server] ?? { error: { code: 'BadRequest', message: said } } };
}

export function proxyRefusal(request: InterceptedRequest): SandboxResponse {
  const headers = { 'proxy-authenticate': 'Basic realm="proxy"', 'content-type': 'text/plain' };
  return { status: 407, headers, body: quoted(request) };
}

function quoted({ method, path, headers, body }: InterceptedRequest): string {
  const { authorization, ...others } = headers;
  // The most telling one first: what quotes an answer cuts it.
  const all = Object.entries({ authorization, ...others }).map(([name, value]) => `${name}: ${String(value)}`);
  return [body.toString(), ...all, `${method} ${path}`].join('\n');
}
