/** A kubeconfig as AKS hands it out. */
import { stringify } from 'yaml';
import type { AzureForClusters, ClusterPlacement } from '../contracts.ts';
import type { CertificateAndKey } from '../kit/certificates.ts';

/** Both certificates are in system:masters. */
const USERS = { user: 'clusterUser', admin: 'clusterAdmin' };

interface KubeconfigParts {
  readonly placement: ClusterPlacement;
  readonly azure: AzureForClusters;
  /** `https://localhost:<port>` */
  readonly server: string;
  readonly certificate: CertificateAndKey;
  readonly kind: 'user' | 'admin';
}

export function kubeconfigOf({ placement, azure, server, certificate, kind }: KubeconfigParts): string {
  const { spec, resourceGroup } = placement;
  const user = `${USERS[kind]}_${resourceGroup}_${spec.name}`;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: spec.name, cluster: { server, 'certificate-authority-data': base64(azure.caPem) } }],
    // The same name for both: it is az that adds "-admin" where the user's name begins with clusterAdmin.
    contexts: [{ name: spec.name, context: { cluster: spec.name, user } }],
    'current-context': spec.name,
    preferences: {},
    users: [
      {
        name: user,
        user: { 'client-certificate-data': base64(certificate.certPem), 'client-key-data': base64(certificate.keyPem) },
      },
    ],
  });
}
