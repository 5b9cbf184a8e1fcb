import assert from 'node:assert/strict';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import { loadKubeconfig } from '../../../src/kube/config/kubeconfig.ts';
import { readKubernetesConnection } from '../../../src/kube/config/service-connection.ts';
import type { EndpointReader } from '../../../src/runtime/ports.ts';
import type { Network } from '../../../src/runtime/ports.ts';

const direct: Network = { proxyFor: () => undefined, certificateAuthority: undefined };

function kubeconfig(user: object, cluster: object = { 'certificate-authority-data': 'Q0E=' }): string {
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://aks.example:443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

async function load(
  text: string,
  network = direct,
): Promise<{ readonly masked: readonly string[]; readonly ca: string }> {
  const masked: string[] = [];
  const mask = (value: string): void => void masked.push(value);
  const { config } = await loadKubeconfig({ text, origin: 'the kubeconfig' }, { network, mask });
  return { masked, ca: Buffer.from(config.getCurrentCluster()?.caData ?? '', 'base64').toString() };
}

function refusedWith(code: string, words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof DiagnosticError && error.diagnostic.code === code && words.test(error.message);
}

describe('A kubeconfig', () => {
  it('has its token, password and key masked', async () => {
    const key = Buffer.from('KEY LINE').toString('base64');
    const { masked } = await load(kubeconfig({ token: 'tok', password: 'pass', 'client-key-data': key }));
    for (const secret of ['tok', 'pass', key, 'KEY LINE']) assert.ok(masked.includes(secret), secret);
  });

  const exec = (command: string): object => ({ exec: { command, apiVersion: 'client.authentication.k8s.io/v1' } });
  const kubelogin = (...args: readonly string[]): object => ({
    exec: { command: 'kubelogin', apiVersion: 'client.authentication.k8s.io/v1', args: ['get-token', ...args] },
  });
  const aks = '6dae42f8-4368-4678-94ff-3960e28e3630';
  for (const [what, user] of [
    ['kubelogin', kubelogin('--environment', 'AzurePublicCloud', '--server-id', aks, '--login', 'devicecode')],
    ['kubelogin with one word for name and value', kubelogin(`--server-id=${aks}`)],
    ['kubelogin that names no application', kubelogin()],
    ['kubelogin.exe of a folder', { exec: { command: 'C:\\tools\\kubelogin.exe', args: null } }],
    ['the auth provider of Azure', { 'auth-provider': { name: 'azure', config: { 'apiserver-id': aks } } }],
  ] as const)
    it(`with ${what} says for which application to sign in, and has nothing to run left`, async () => {
      const source = { text: kubeconfig(user), origin: 'the kubeconfig' };
      const { config, signInFor } = await loadKubeconfig(source, { network: direct, mask: () => undefined });
      assert.equal(signInFor, aks);
      assert.deepEqual(config.getCurrentUser(), { name: 'u' });
    });

  for (const [what, user, code, words] of [
    ['an exec plugin', exec('evil'), 'KUB011', /program evil/],
    [
      'kubelogin for another application',
      kubelogin('--server-id', 'https://vault.azure.net'),
      'KUB010',
      /not that of AKS/,
    ],
    ['a program that is only called like it', exec('kubelogin-helper'), 'KUB011', /program kubelogin-helper/],
    ['another auth provider', { 'auth-provider': { name: 'gcp' } }, 'KUB011', /auth provider gcp/],
    ['a token file', { 'token-file': '/etc/passwd' }, 'KUB011', /token file/],
    ['a key file', { 'client-key': '/etc/key' }, 'KUB011', /\/etc\/key/],
  ] as const)
    it(`is refused with ${what}: nothing is run and no file is read`, async () => {
      await assert.rejects(load(kubeconfig(user)), refusedWith(code, words));
    });

  it('is refused with a token file however YAML writes the key', async () => {
    for (const key of ['token-file', 'tokenFile', '"token\\x2dfile"'])
      await assert.rejects(
        load(`users:\n- name: u\n  user: {${key}: /etc/passwd}\n`),
        refusedWith('KUB011', /token file/),
        key,
      );
  });

  it('is refused without TLS, without a cluster and where it is no YAML, and never quoted', async () => {
    await assert.rejects(load(kubeconfig({}, { server: 'http://aks.example' })), refusedWith('KUB011', /not https/));
    await assert.rejects(load('{}'), refusedWith('KUB011', /names no cluster/));
    await assert.rejects(
      load('a: [secret'),
      (error) => refusedWith('KUB011', /no valid/)(error) && !String(error).includes('secret'),
    );
  });

  it('gets the authority of the agent only where it brings none of its own', async () => {
    const network = { ...direct, certificateAuthority: 'AGENT CA' };
    assert.equal((await load(kubeconfig({ token: 't' }), network)).ca, 'CA');
    assert.match((await load(kubeconfig({ token: 't' }, {}), network)).ca, /AGENT CA/);
  });
});

describe('A Kubernetes service connection', () => {
  const reader = (values: Readonly<Record<string, string>>): EndpointReader => ({
    url: () => 'https://aks.example/',
    scheme: () => 'None',
    authorization: (_, key) => values[key],
    data: (_, key) => values[key],
  });
  const account = {
    authorizationType: 'ServiceAccount',
    apitoken: Buffer.from('the-token').toString('base64'),
    serviceAccountCertificate: Buffer.from('CA').toString('base64'),
  };

  for (const authorizationType of ['ServiceAccount', 'AzureSubscription'])
    it(`of type ${authorizationType} has its token decoded and masked`, async () => {
      const masked: string[] = [];
      const connection = reader({ ...account, authorizationType });
      const source = readKubernetesConnection(connection, 'id', (value) => void masked.push(value));
      assert.ok(masked.includes('the-token'));
      const { config } = await loadKubeconfig(source, { network: direct, mask: () => undefined });
      assert.equal(config.getCurrentUser()?.token, 'the-token');
      assert.equal(config.getCurrentCluster()?.server, 'https://aks.example');
      assert.equal(config.getCurrentCluster()?.skipTLSVerify, false);
    });

  it('does not check the certificate only where the connection says so', async () => {
    const source = readKubernetesConnection(
      reader({ ...account, acceptUntrustedCerts: 'true' }),
      'id',
      () => undefined,
    );
    const { config } = await loadKubeconfig(source, { network: direct, mask: () => undefined });
    assert.equal(config.getCurrentCluster()?.skipTLSVerify, true);
  });

  it('is taken for a kubeconfig where it does not say what it is', () => {
    assert.equal(readKubernetesConnection(reader({ kubeconfig: 'text' }), 'id', () => undefined).text, 'text');
  });

  it('of another type, or without a token, is refused', () => {
    const read = (values: Readonly<Record<string, string>>) => (): unknown =>
      readKubernetesConnection(reader(values), 'id', () => undefined);
    assert.throws(read({ authorizationType: 'Certificate' }), refusedWith('KUB011', /Certificate/));
    assert.throws(read({ authorizationType: 'ServiceAccount' }), refusedWith('KUB011', /apitoken/));
  });
});
