import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { EndpointReader } from '../../runtime/ports.ts';
import type { Mask } from '../../runtime/secret.ts';
import { Secret } from '../../runtime/secret.ts';
import type { KubeconfigSource } from './kubeconfig.ts';

/**
 * Reads a Kubernetes service connection as the agent hands it over: a kubeconfig, or a service account whose token
 * and certificate are base64 as in the service account's Secret. @throws DiagnosticError KUB011
 */
export function readKubernetesConnection(endpoints: EndpointReader, id: string, mask: Mask): KubeconfigSource {
  const type = endpoints.data(id, 'authorizationType') ?? 'Kubeconfig';
  const origin = 'the Kubernetes service connection in kubernetesServiceConnection';
  switch (type.toLowerCase()) {
    case 'kubeconfig': {
      const text = needed(endpoints.authorization(id, 'kubeconfig'), 'kubeconfig', origin);
      return { text, origin, context: endpoints.authorization(id, 'clusterContext') };
    }
    // The second is the first, made by Azure DevOps itself for a subscription.
    case 'serviceaccount':
    case 'azuresubscription':
      return { text: serviceAccountConfig(endpoints, id, { mask, origin }), origin };
    default:
      throw unusable(origin, `its type is ${type}; supported: Kubeconfig, Service Account, Azure Subscription`);
  }
}

/** JSON is YAML, so the same loader reads and vets it. */
function serviceAccountConfig(
  endpoints: EndpointReader,
  id: string,
  { mask, origin }: { readonly mask: Mask; readonly origin: string },
): string {
  const server = needed(endpoints.url(id), 'server URL', origin).replace(/\/+$/, '');
  const encoded = needed(endpoints.authorization(id, 'apitoken'), 'token (apitoken)', origin);
  const token = Secret.register(Buffer.from(encoded, 'base64').toString('utf8').trim(), mask);
  const ca = endpoints.authorization(id, 'serviceAccountCertificate');
  const insecure = endpoints.data(id, 'acceptUntrustedCerts')?.toLowerCase() === 'true';
  const trust = insecure ? { 'insecure-skip-tls-verify': true } : ca ? { 'certificate-authority-data': ca } : {};
  return JSON.stringify({
    clusters: [{ name: 'cluster', cluster: { server, ...trust } }],
    users: [{ name: 'user', user: { token: token.reveal() } }],
    contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
    'current-context': 'context',
  });
}

function needed(value: string | undefined, what: string, origin: string): string {
  if (value === undefined || value === '') throw unusable(origin, `it has no ${what}`);
  return value;
}

function unusable(origin: string, why: string): DiagnosticError {
  return new DiagnosticError('KUB011', { message: `Cannot use ${origin}: ${why}.` });
}
