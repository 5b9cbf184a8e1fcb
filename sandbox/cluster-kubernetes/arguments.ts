/** The command lines of the control plane's programs. Everything listens on loopback, and nobody is served unauthenticated. */
import type { IdentityFile } from './identities.ts';

export interface Ports {
  readonly etcd: number;
  readonly etcdPeers: number;
  readonly server: number;
}

type FileOf = (name: IdentityFile) => string;

/** What an AKS cluster without the OIDC issuer feature says. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** Certificates here, too: who could write into etcd could run commands in pods. */
export function etcdArguments(dataFolder: string, { etcd, etcdPeers }: Ports, file: FileOf): string[] {
  const clients = `https://127.0.0.1:${String(etcd)}`;
  const peers = `https://127.0.0.1:${String(etcdPeers)}`;
  const identity = (prefix: string): string[] => [
    `--${prefix}cert-file=${file('etcd.crt')}`,
    `--${prefix}key-file=${file('etcd.key')}`,
    `--${prefix}trusted-ca-file=${file('etcd-ca.crt')}`,
    `--${prefix}client-cert-auth=true`,
  ];
  return [
    '--name=default',
    `--data-dir=${dataFolder}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    ...identity(''),
    ...identity('peer-'),
    // It would call etcd with the server's certificate, which is none of a client.
    '--enable-grpc-gateway=false',
    '--unsafe-no-fsync=true',
    '--log-level=warn',
  ];
}

export function apiServerArguments({ etcd, server }: Ports, enableRbac: boolean, file: FileOf): string[] {
  return [
    `--etcd-servers=https://127.0.0.1:${String(etcd)}`,
    `--etcd-cafile=${file('etcd-ca.crt')}`,
    `--etcd-certfile=${file('etcd-client.crt')}`,
    `--etcd-keyfile=${file('etcd-client.key')}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    // An endpoint on loopback is refused by validation.
    '--endpoint-reconciler-type=none',
    `--secure-port=${String(server)}`,
    '--service-cluster-ip-range=10.0.0.0/16',
    `--tls-cert-file=${file('server.crt')}`,
    `--tls-private-key-file=${file('server.key')}`,
    `--client-ca-file=${file('users-ca.crt')}`,
    `--requestheader-client-ca-file=${file('front-ca.crt')}`,
    '--requestheader-allowed-names=front',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    `--service-account-key-file=${file('service-account.pub')}`,
    `--service-account-signing-key-file=${file('service-account.key')}`,
    `--service-account-issuer=${ISSUER}`,
    `--authorization-mode=${enableRbac ? 'RBAC' : 'AlwaysAllow'}`,
    // As AKS.
    '--anonymous-auth=false',
    '--allow-privileged=true',
    `--kubelet-certificate-authority=${file('server-ca.crt')}`,
    `--kubelet-client-certificate=${file('kubelet-client.crt')}`,
    `--kubelet-client-key=${file('kubelet-client.key')}`,
    // The nodes' other addresses are those of an Azure network that is not there.
    '--kubelet-preferred-address-types=ExternalDNS',
    '--profiling=false',
  ];
}

export function controllerManagerArguments(kubeconfig: string, file: FileOf): string[] {
  return [
    ...quietArguments(kubeconfig),
    `--service-account-private-key-file=${file('service-account.key')}`,
    `--root-ca-file=${file('server-ca.crt')}`,
    '--use-service-account-credentials=true',
    // The sandbox's nodes live as long as the sandbox: they send no heartbeats.
    '--node-monitor-grace-period=8760h',
    '--node-startup-grace-period=8760h',
  ];
}

export function schedulerArguments(kubeconfig: string): string[] {
  return quietArguments(kubeconfig);
}

/** Alone, and without a server of its own. */
function quietArguments(kubeconfig: string): string[] {
  const all = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'];
  return [
    ...all.map((flag) => `--${flag}=${kubeconfig}`),
    '--leader-elect=false',
    '--secure-port=0',
    '--profiling=false',
  ];
}
