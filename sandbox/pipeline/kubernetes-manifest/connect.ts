/** A Kubernetes client out of the ENDPOINT_* variables of a service connection (facts/peers.md 3.3). */
import { type Context, KubeConfig } from '@kubernetes/client-node';
import type { Job } from '../../agent/index.ts';

/** @param namespace Where objects go that name none. @throws where the connection is unknown, or of a kind that the stand-in does not know. */
export function connect(job: Job, connectionId: string, namespace: string): KubeConfig {
  const config = configOf(job, connectionId);
  const context = config.getContextObject(config.getCurrentContext());
  if (context) config.setCurrentContext(withNamespace(config, context, namespace));
  return config;
}

function configOf(job: Job, connectionId: string): KubeConfig {
  const endpoint = job.endpoints.get(connectionId.toLowerCase());
  if (!endpoint) throw new Error(`There is no service connection ${connectionId} in this job.`);
  const read = (name: string): string | undefined => endpoint[`ENDPOINT_${name}`.replace('<id>', connectionId)];
  const type = (read('DATA_<id>_AUTHORIZATIONTYPE') ?? 'Kubeconfig').toLowerCase();
  if (type === 'kubeconfig') return fromKubeconfig(read('AUTH_PARAMETER_<id>_KUBECONFIG') ?? '');
  if (type !== 'serviceaccount')
    throw new Error(`The stand-in knows service connections of type Kubeconfig and ServiceAccount, not ${type}.`);
  return fromServiceAccount({
    server: read('URL_<id>') ?? '',
    token: decode(read('AUTH_PARAMETER_<id>_APITOKEN') ?? ''),
    authority: read('AUTH_PARAMETER_<id>_SERVICEACCOUNTCERTIFICATE') ?? '',
  });
}

function withNamespace(config: KubeConfig, context: Context, namespace: string): string {
  const name = `${context.name}/${namespace}`;
  config.addContext({ ...context, name, namespace });
  return name;
}

function fromKubeconfig(text: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(text);
  return config;
}

function fromServiceAccount({
  server,
  token,
  authority,
}: {
  server: string;
  token: string;
  authority: string;
}): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'cluster', server, caData: authority, skipTLSVerify: false },
    { name: 'account', token },
  );
  return config;
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
