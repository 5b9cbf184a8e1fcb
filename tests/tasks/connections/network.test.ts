import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { JobOptions, TaskRun } from '../../../sandbox/agent/index.ts';
import { inheritedEnvironment, runTask } from '../../../sandbox/agent/index.ts';
import type { Connection } from '../../../sandbox/connection.ts';
import { jobOptionsBehindProxy, jobOptionsDirect } from '../../../sandbox/pipeline/index.ts';
import type { Sandbox, SandboxOptions } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import type { ClientCertificateFiles } from '../../support/client-certificate.ts';
import { clientCertificateFiles } from '../../support/client-certificate.ts';
import { placesOf } from '../../support/collect.ts';
import { findLeaks } from '../../support/leaks.ts';
import { packagedTask } from '../../support/packaged.ts';
import { smallScenario } from './cloud-world.ts';

const inputs = { resourceGroup: 'app', clusterName: 'aks', action: 'preview' };
const debug = [{ name: 'system.debug', value: 'true' }];

/** A job as an agent with this configuration runs it. */
type Way = (connection: Connection) => Partial<JobOptions>;

function world(
  title: string,
  options: Partial<SandboxOptions>,
  tests: (run: Runner, sandbox: () => Sandbox) => void,
): void {
  describe(title, function () {
    this.timeout(60_000);
    let sandbox: Sandbox;
    let folder: string;
    before(async () => {
      sandbox = await startSandbox({ scenario: smallScenario('AzureCloud'), ...options });
    });
    after(() => sandbox.stop());
    beforeEach(() => {
      sandbox.requests.clear();
      folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-network-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });
    tests(
      async (way) => {
        const { connection } = sandbox;
        const job = { ...jobOptionsDirect(connection), ...way(connection) };
        const azureSubscription = job.endpoints?.find(({ name }) => name === 'secret')?.id ?? '';
        const node = process.versions.node.startsWith('24.') ? 24 : 20;
        const taskDirectory = await packagedTask('AksRoleGrants');
        const common = {
          host: 'build',
          node,
          taskDirectory,
          workFolder: folder,
          variables: debug,
          keepTemp: true,
        } as const;
        const run = await runTask({ ...common, ...job, inputs: { ...inputs, azureSubscription } });
        return { ...run, folder };
      },
      () => sandbox,
    );
  });
}

type Runner = (way: Way) => Promise<TaskRun & { readonly folder: string }>;

function assertSucceeded(run: TaskRun): void {
  assert.equal(run.result, 'Succeeded', run.log.join('\n'));
}

function assertRefused(run: TaskRun, message: RegExp): void {
  assert.equal(run.result, 'Failed');
  assert.match(run.issues.map((issue) => issue.message).join('\n'), message);
}

world(
  'Azure behind servers and a proxy that demand a certificate',
  { proxyTls: true, demandClientCertificates: true },
  (run, sandbox) => {
    let files: ClientCertificateFiles;
    before(async () => {
      files = await clientCertificateFiles(sandbox().authority);
    });
    after(() => {
      files.remove();
    });
    const key = () => ({ certificate: files.certificate, key: files.key });
    const encrypted = () => ({ certificate: files.certificate, key: files.encryptedKey, password: files.password });

    it('is reached with certificate and key, through a proxy that is reached by TLS', async () => {
      const result = await run((connection) => ({ ...jobOptionsBehindProxy(connection), clientCertificate: key() }));
      assertSucceeded(result);
      assert.ok(
        sandbox()
          .requests.all()
          .some(({ server }) => server === 'proxy'),
      );
    });

    it('is reached directly with an encrypted key, and neither key nor password is left anywhere', async () => {
      const result = await run(() => ({ clientCertificate: encrypted() }));
      assertSucceeded(result);
      const lines = readFileSync(files.encryptedKey, 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('-'));
      const secrets = [...lines, files.password].map((value) => ({ name: 'client certificate', value }));
      assert.deepEqual(findLeaks(secrets, placesOf(result, result.folder, sandbox().requests.all())), []);
    });

    it('is reached with an archive', async function () {
      const archive = files.archive(this);
      assertSucceeded(await run(() => ({ clientCertificate: { archive, password: files.password } })));
    });

    it('is not reached without', async () => {
      assertRefused(await run(() => ({})), /CON004/);
    });

    it('is asked for nothing where the password is wrong, and the setting is named', async () => {
      assertRefused(
        await run(() => ({ clientCertificate: { ...encrypted(), password: 'wr0ng-one' } })),
        /CON008.*Agent\.ClientCertKey/s,
      );
      assert.deepEqual(sandbox().requests.all(), []);
    });
  },
);

world('the network of an agent', {}, (run, sandbox) => {
  const proxied = (): readonly string[] =>
    sandbox()
      .requests.all()
      .flatMap(({ server, host }) => (server === 'proxy' ? [host] : []));
  const environment = (connection: Connection, more: Record<string, string>) => ({
    hostEnvironment: {
      ...inheritedEnvironment(),
      AZURE_POD_IDENTITY_AUTHORITY_HOST: connection.agentMetadata,
      ...more,
    },
  });

  it('goes through the proxy of the environment where the agent has none', async () => {
    const way: Way = (connection) => ({
      endpoints: connection.publicServiceConnections,
      ...environment(connection, { HTTPS_PROXY: connection.proxy }),
    });
    assertSucceeded(await run(way));
    assert.ok(proxied().includes('management.azure.com:443'));
  });

  it('reaches directly what NO_PROXY names', async () => {
    assertSucceeded(
      await run((connection) => environment(connection, { HTTPS_PROXY: connection.proxy, NO_PROXY: '.x,localhost' })),
    );
    assert.deepEqual(proxied(), []);
  });

  it("prefers the agent's proxy to that of the environment", async () => {
    const way: Way = (connection) => ({
      ...jobOptionsBehindProxy(connection),
      ...environment(connection, { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' }),
    });
    assertSucceeded(await run(way));
    assert.ok(proxied().includes('management.azure.com:443'));
  });

  it("reaches directly what the agent's bypass list names", async () => {
    const bypass = ['*.wrong', '^HTTPS://localhost:\\d+$'];
    assertSucceeded(await run((connection) => ({ proxy: { url: connection.proxy, bypass } })));
    assert.deepEqual(proxied(), []);
  });

  it('checks no certificate where the agent says so, and warns once', async () => {
    const { hostEnvironment: _, caFile: __, ...unaware } = jobOptionsDirect(sandbox().connection);
    const result = await run(() => ({ ...unaware, caFile: '', skipCertificateValidation: true }));
    assertSucceeded(result);
    const warnings = result.issues.filter(({ message }) => message.includes('Agent.SkipCertValidation'));
    assert.deepEqual(
      warnings.map(({ type }) => type),
      ['warning'],
    );
  });

  it('trusts nobody unknown otherwise', async () => {
    assertRefused(await run(() => ({ caFile: '' })), /CON004/);
  });

  it('says which file cannot be read', async () => {
    assertRefused(await run(() => ({ caFile: '/nowhere/ca.pem' })), /CON008.*Agent\.CAInfo .*\/nowhere\/ca\.pem/s);
  });

  it('says that SOCKS is not spoken', async () => {
    assertRefused(await run(() => ({ proxy: { url: 'socks5://127.0.0.1:1080' } })), /CON008.*Agent\.ProxyUrl/s);
  });
});

const credentials = { username: 'proxy-user', password: 'pr0xy-p4ssword' };

world('a password in the address of a proxy', { proxyCredentials: credentials }, (run, sandbox) => {
  const withPassword = ({ proxy }: Connection): string =>
    proxy.replace('://', `://${credentials.username}:${credentials.password}@`);
  const ways: readonly (readonly [string, Way])[] = [
    [
      'Agent.ProxyUrl',
      (connection) => ({ ...jobOptionsBehindProxy(connection), proxy: { url: withPassword(connection) } }),
    ],
    [
      'HTTPS_PROXY',
      (connection) => ({
        endpoints: connection.publicServiceConnections,
        hostEnvironment: { ...inheritedEnvironment(), HTTPS_PROXY: withPassword(connection) },
      }),
    ],
  ];
  for (const [where, way] of ways) {
    it(`opens the proxy from ${where} and is left nowhere, not even unmasked`, async () => {
      const result = await run(way);
      assertSucceeded(result);
      const secret = [{ name: 'proxy password', value: credentials.password }];
      assert.deepEqual(findLeaks(secret, placesOf(result, result.folder, sandbox().requests.all())), []);
    });
  }
});
