/** Azure DevOps' own forms of refusal. */
import type { SandboxRequest, SandboxResponse } from '../kit/http-server.ts';

export function serviceError(status: number, typeKey: string, message: string): SandboxResponse {
  return {
    status,
    body: {
      $id: '1',
      innerException: null,
      message,
      typeName: `Microsoft.VisualStudio.Services.${typeKey}, Microsoft.VisualStudio.Services.WebApi`,
      typeKey,
      errorCode: 0,
      eventId: 3000,
    },
  };
}

/**
 * A wrong token is a 401. Without any, the service leads to its sign-in page, unless the client says that it is not a
 * browser (`X-TFS-FedAuthRedirect: Suppress`): a task that forgets the header sees a page where it expects JSON.
 */
export function unauthorized({ headers }: SandboxRequest): SandboxResponse {
  const isQuiet = String(headers['x-tfs-fedauthredirect'] ?? '').toLowerCase() === 'suppress';
  if (headers.authorization === undefined && !isQuiet)
    return { status: 302, headers: { location: '/_signin' }, body: '' };
  return {
    status: 401,
    headers: {
      'www-authenticate':
        'Bearer authorization_uri=https://login.microsoftonline.com/common, Basic realm="https://dev.azure.com/"',
      'content-type': 'text/html; charset=utf-8',
    },
    body: '<!DOCTYPE html><html><head><title>Access Denied: The Personal Access Token used has expired.</title></head></html>',
  };
}

/** 203 and HTML, as the service answers requests that end up at its sign-in page. */
export function signIn(): SandboxResponse {
  return {
    status: 203,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head></html>',
  };
}
