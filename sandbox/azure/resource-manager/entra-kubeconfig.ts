/** Kubeconfigs of clusters with Entra sign-in. Source: AKS documentation of kubelogin; ids are those of AKS's own applications. */
import { parse, stringify } from 'yaml';

const server = '6dae42f8-4368-4678-94ff-3960e28e3630';
const client = '80faf920-1908-4b52-b5ef-a8e7bedfc67a';

/** `azure`: the provider that kubectl dropped with 1.26; `exec`: a call of kubelogin. */
export type SignIn = 'azure' | 'exec';

interface Kubeconfig {
  readonly users: readonly { readonly name: string }[];
}

/** Where the user's certificate was, there is a way to sign in. */
export function withSignIn(kubeconfig: string, signIn: SignIn, tenantId: string): string {
  const config = parse(kubeconfig) as Kubeconfig;
  const user = signIn === 'exec' ? { exec: kubelogin(tenantId) } : { 'auth-provider': provider(tenantId) };
  return stringify({ ...config, users: config.users.map(({ name }) => ({ name, user })) });
}

function kubelogin(tenantId: string): object {
  const named = {
    '--environment': 'AzurePublicCloud',
    '--server-id': server,
    '--client-id': client,
    '--tenant-id': tenantId,
    '--login': 'devicecode',
  };
  return {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command: 'kubelogin',
    args: ['get-token', ...Object.entries(named).flat()],
    env: null,
    installHint:
      '\nkubelogin is not installed which is required to connect to AAD enabled cluster.\n\nTo learn more, please go to https://aka.ms/aks/kubelogin\n',
    provideClusterInfo: false,
  };
}

function provider(tenantId: string): object {
  return {
    name: 'azure',
    config: {
      'apiserver-id': server,
      'client-id': client,
      'config-mode': '1',
      environment: 'AzurePublicCloud',
      'tenant-id': tenantId,
    },
  };
}
