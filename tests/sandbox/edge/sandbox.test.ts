import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import type { Connection } from '../../../sandbox/connection.ts';
import { YamlFileError } from '../../../sandbox/kit/checked-yaml.ts';
import { readOptions } from '../../../sandbox/main.ts';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { postForm } from './requests.ts';

const run = promisify(execFile);

describe('a running sandbox', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ scenario: 'article' });
  });
  after(() => sandbox.stop());

  const variables = (
    name: string,
    list: Connection['serviceConnections'] = sandbox.connection.serviceConnections,
  ): Record<string, string> => {
    const endpoint = list.find((candidate) => candidate.name === name)!;
    const prefix = new RegExp(`_${endpoint.id}(_|$)`);
    return Object.fromEntries(
      Object.entries(endpoint.variables).map(([key, value]) => [key.replace(prefix, '$1'), value]),
    );
  };

  it('writes connection.json for its owner only, with a certificate authority that clients can use', async () => {
    const { connection, connectionFile, ca } = sandbox;
    assert.deepEqual(JSON.parse(readFileSync(connectionFile, 'utf8')), connection);
    for (const file of [connectionFile, connection.caFile, connection.kubeconfig]) {
      assert.equal(statSync(file).mode & 0o777, 0o600, file);
    }
    assert.equal(readFileSync(connection.caFile, 'utf8'), ca);
    const { status } = await postForm(`${connection.resourceManager}/subscriptions?api-version=2022-12-01`, { ca });
    assert.equal(status, 401);
  });

  it("hands a service principal's connection over as the agent does", () => {
    const own = variables('azure-conn');
    const { connection } = sandbox;
    assert.equal(own['ENDPOINT_URL'], `${connection.resourceManager}/`);
    assert.equal(own['ENDPOINT_AUTH_SCHEME'], 'ServicePrincipal');
    assert.deepEqual(JSON.parse(own['ENDPOINT_AUTH']!), {
      parameters: {
        tenantid: connection.tenantId,
        serviceprincipalid: connection.clientId,
        authenticationType: 'spnKey',
        serviceprincipalkey: connection.clientSecret,
      },
      scheme: 'ServicePrincipal',
    });
    assert.equal(own['ENDPOINT_AUTH_PARAMETER_SERVICEPRINCIPALKEY'], connection.clientSecret);
    assert.equal(own['ENDPOINT_DATA_SUBSCRIPTIONID'], connection.subscriptionId);
    assert.equal(own['ENDPOINT_DATA_ACTIVEDIRECTORYAUTHORITY'], `${connection.activeDirectory}/`);
    assert.equal(own['ENDPOINT_DATA_ENVIRONMENT'], 'AzureCloud');
  });

  it('hands the same connections over with the public addresses, and federation without a secret', () => {
    const open = variables('azure-conn', sandbox.connection.publicServiceConnections);
    assert.equal(open['ENDPOINT_URL'], 'https://management.azure.com/');
    assert.equal(open['ENDPOINT_DATA_ENVIRONMENTAUTHORITYURL'], 'https://login.microsoftonline.com/');
    const federated = variables('azure-conn-federated');
    assert.equal(federated['ENDPOINT_AUTH_SCHEME'], 'WorkloadIdentityFederation');
    assert.ok(!JSON.stringify(federated).includes(sandbox.connection.clientSecret));
  });

  it('hands cluster connections over that @kubernetes/client-node can use', async () => {
    const account = variables('cluster-conn');
    assert.equal(account['ENDPOINT_DATA_AUTHORIZATIONTYPE'], 'ServiceAccount');
    const byToken = new KubeConfig();
    byToken.loadFromOptions({
      clusters: [
        {
          name: 'c',
          server: account['ENDPOINT_URL']!,
          caData: account['ENDPOINT_AUTH_PARAMETER_SERVICEACCOUNTCERTIFICATE'],
        },
      ],
      users: [{ name: 'u', token: Buffer.from(account['ENDPOINT_AUTH_PARAMETER_APITOKEN']!, 'base64').toString() }],
      contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
      currentContext: 'x',
    });
    const role = await byToken.makeApiClient(RbacAuthorizationV1Api).readClusterRole({ name: 'keyless-pods-deployer' });
    assert.equal(role.metadata?.name, 'keyless-pods-deployer');
    const file = variables('cluster-conn-kubeconfig');
    assert.equal(file['ENDPOINT_DATA_AUTHORIZATIONTYPE'], 'Kubeconfig');
    const byFile = new KubeConfig();
    byFile.loadFromString(file['ENDPOINT_AUTH_PARAMETER_KUBECONFIG']!);
    assert.equal(byFile.getCurrentContext(), file['ENDPOINT_AUTH_PARAMETER_CLUSTERCONTEXT']);
    assert.ok((await byFile.makeApiClient(RbacAuthorizationV1Api).listClusterRole()).items.length > 0);
  });

  it('shows every server its request log, clusters too, and leads its proxy to them', async () => {
    const [cluster] = sandbox.clusters;
    await postForm(`${cluster!.server}/version`, { ca: sandbox.ca });
    const { json } = await postForm(`${cluster!.server}/_sandbox/requests`, { ca: sandbox.ca });
    const records = json['requests'] as readonly { path: string; server: string }[];
    assert.ok(records.some((record) => record.path === '/version'));
    assert.ok(records.every(({ server }) => server === `cluster:${cluster!.name}`));
    const { proxy, caFile } = sandbox.connection;
    const { stdout } = await run('curl', [
      '-s',
      '--proxy',
      proxy,
      '--noproxy',
      '',
      '--cacert',
      caFile,
      `${cluster!.server}/version`,
    ]);
    // The cluster's own refusal: it knows nobody by this request.
    assert.match(stdout, /"kind":"Status".*"code":401/);
  });
});

describe('starting a sandbox', () => {
  it('takes fault plans and ports, and leaves nothing behind at the end', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'edge-'));
    const basePort = 20_000 + (process.pid % 12_000);
    const sandbox = await startSandbox({
      scenario: 'article',
      folder,
      basePort,
      intercept: ({ server, phase }) => (server === 'entra' && phase === 'before' ? { status: 418 } : undefined),
    });
    assert.equal(sandbox.connection.proxy, `http://127.0.0.1:${String(basePort)}`);
    assert.equal((await postForm(`${sandbox.connection.activeDirectory}/x`, { ca: sandbox.ca })).status, 418);
    await sandbox.stop();
    assert.deepEqual(
      [sandbox.connectionFile, sandbox.connection.caFile, sandbox.connection.kubeconfig].filter(existsSync),
      [],
    );
    await assert.rejects(postForm(`${sandbox.connection.activeDirectory}/x`, { ca: sandbox.ca }), {
      code: 'ECONNREFUSED',
    });
    await rm(folder, { recursive: true });
  });

  it('is refused for a scenario or a fault plan that does not exist', async () => {
    await assert.rejects(startSandbox({ scenario: 'nowhere' }), YamlFileError);
    await assert.rejects(startSandbox({ scenario: 'article', faults: 'nowhere' }), YamlFileError);
  });
});

describe('npm run sandbox', () => {
  const main = async (...args: readonly string[]): Promise<string> => {
    const script = path.resolve('sandbox/main.ts');
    return run(process.execPath, ['--import', 'tsx', script, ...args]).then(
      () => assert.fail('started'),
      (error: unknown) => (error as { stderr: string }).stderr,
    );
  };

  it('refuses what it does not know and says what is allowed', async () => {
    assert.match(await main('--clutser', 'embedded'), /Unknown option '--clutser'[\s\S]*--cluster KIND/);
    assert.equal(readOptions(['--cluster', 'kubernetes']).cluster, 'kubernetes');
    assert.throws(() => readOptions(['--cluster', 'minikube']), /use embedded or kubernetes/);
    assert.throws(() => readOptions(['--latency', 'soon']), /--latency soon: use a whole number/);
    assert.throws(() => readOptions(['--port=']), /use a whole number/);
    assert.throws(() => readOptions(['article']), /Unexpected argument 'article'/);
  });

  it('reads its options', () => {
    assert.deepEqual(readOptions(['--latency', '100', '--port', '4000', '--faults', 'f.yml']), {
      scenario: 'article',
      cluster: 'embedded',
      folder: '.sandbox',
      latency: 100,
      basePort: 4000,
      faults: 'f.yml',
    });
  });

  it('prints every address and no secret, runs until it is interrupted, and leaves nothing behind', async function () {
    this.timeout(30_000);
    const folder = await mkdtemp(path.join(os.tmpdir(), 'edge-'));
    const script = path.resolve('sandbox/main.ts');
    const tsx = import.meta.resolve('tsx');
    const child = spawn(process.execPath, ['--import', tsx, script], { cwd: folder });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    while (!printed.includes('Ctrl+C ends')) await once(child.stdout, 'data');
    const file = path.join(folder, '.sandbox/connection.json');
    const connection = JSON.parse(readFileSync(file, 'utf8')) as Connection;
    for (const address of [connection.resourceManager, connection.activeDirectory, connection.proxy, file]) {
      assert.ok(printed.includes(address), address);
    }
    assert.ok(!printed.includes(connection.clientSecret) && !printed.includes(connection.job.accessToken));
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0);
    assert.equal(existsSync(file), false);
    await rm(folder, { recursive: true });
  });
});
