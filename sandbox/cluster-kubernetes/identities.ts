/** The keys and certificates of one control plane, as files that only this user can read. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import type { AzureForClusters } from '../contracts.ts';
import { createCertificateAuthority, type CertificateAndKey, type CertificateAuthority } from '../kit/certificates.ts';

export interface Identities {
  /** In system:masters: what the sandbox itself acts as. */
  readonly admin: CertificateAndKey;
  /** May say for whom a request comes (X-Remote-User); of an authority of its own, so that it is nobody itself. */
  readonly front: CertificateAndKey;
  /** Of the API server, the front and the nodes: what pods and clients trust. */
  readonly server: CertificateAndKey;
  /** Signs the cluster's users. */
  readonly users: CertificateAuthority;
  /** The path of a file. */
  readonly file: (name: IdentityFile) => string;
}

export type IdentityFile = (typeof files)[number];

const files = [
  'server.crt',
  'server.key',
  'server-ca.crt',
  'users-ca.crt',
  'front-ca.crt',
  'kubelet-client.crt',
  'kubelet-client.key',
  'service-account.key',
  'service-account.pub',
  'etcd-ca.crt',
  'etcd.crt',
  'etcd.key',
  'etcd-client.crt',
  'etcd-client.key',
] as const;

/** The nodes' name in their certificate, and the only caller that they serve. */
export const API_SERVER = 'kube-apiserver-kubelet-client';

export async function createIdentities(folder: string, name: string, azure: AzureForClusters): Promise<Identities> {
  const [users, fronts, etcds] = await Promise.all([
    createCertificateAuthority(`${name}-client-ca`),
    createCertificateAuthority(`${name}-front-proxy-ca`),
    createCertificateAuthority(`${name}-etcd-ca`),
  ]);
  const [server, admin, front, kubelet, etcd, etcdClient] = await Promise.all([
    azure.serverCertificate(['localhost', '127.0.0.1', 'kubernetes', 'kubernetes.default.svc']),
    users.clientCertificate({ commonName: 'masterclient', organizations: ['system:masters'] }),
    fronts.clientCertificate({ commonName: 'front' }),
    users.clientCertificate({ commonName: API_SERVER }),
    etcds.serverCertificate(['127.0.0.1', 'localhost']),
    etcds.clientCertificate({ commonName: 'kube-apiserver' }),
  ]);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const content: Readonly<Record<IdentityFile, string>> = {
    'server.crt': server.certPem,
    'server.key': server.keyPem,
    'server-ca.crt': azure.caPem,
    'users-ca.crt': users.caPem,
    'front-ca.crt': fronts.caPem,
    'kubelet-client.crt': kubelet.certPem,
    'kubelet-client.key': kubelet.keyPem,
    'service-account.key': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'service-account.pub': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    'etcd-ca.crt': etcds.caPem,
    'etcd.crt': etcd.certPem,
    'etcd.key': etcd.keyPem,
    'etcd-client.crt': etcdClient.certPem,
    'etcd-client.key': etcdClient.keyPem,
  };
  const file = (its: IdentityFile): string => path.join(folder, its);
  await Promise.all(files.map((its) => writeFile(file(its), content[its], { mode: 0o600 })));
  return { admin, front, server, users, file };
}

/** A kubeconfig for a part of the control plane, as a file. */
export async function writeKubeconfig(
  folder: string,
  user: string,
  where: { readonly server: string; readonly caPem: string; readonly identities: Identities },
): Promise<string> {
  const { certPem, keyPem } = await where.identities.users.clientCertificate({ commonName: user });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const content = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: where.server, 'certificate-authority-data': base64(where.caPem) } }],
    users: [{ name: 'u', user: { 'client-certificate-data': base64(certPem), 'client-key-data': base64(keyPem) } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
  const file = path.join(folder, `${user.replaceAll(':', '-')}.kubeconfig`);
  await writeFile(file, content, { mode: 0o600 });
  return file;
}
