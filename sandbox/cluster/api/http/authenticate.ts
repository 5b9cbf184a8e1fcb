/** Who asks: a client certificate, a service account's token, or Entra's where the cluster signs in with it. Nobody is 401 (AKS has no anonymous requests). */
import type { SandboxRequest } from '../../../kit/http-server.ts';
import { unauthorized } from '../errors.ts';
import type { User } from '../rbac.ts';
import type { ServerContext } from './server-context.ts';

export interface Credentials {
  readonly clientCertificate?: SandboxRequest['clientCertificate'];
  readonly authorization?: string | undefined;
}

/** Throws 401. */
export async function authenticate(
  { tokens, entraUser }: Pick<ServerContext, 'tokens' | 'entraUser'>,
  credentials: Credentials,
): Promise<User> {
  const { clientCertificate: certificate, authorization } = credentials;
  if (certificate)
    return { name: certificate.commonName, groups: [...certificate.organizations, 'system:authenticated'] };
  const token = /^Bearer\s+(?<token>\S+)$/iu.exec(authorization ?? '')?.groups?.['token'];
  const user = token === undefined ? undefined : ((await tokens.authenticate(token)) ?? (await entraUser?.(token)));
  if (!user) throw unauthorized();
  return user;
}
