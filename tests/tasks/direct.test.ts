import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Connection } from '../../sandbox/connection.ts';
import type { RequestRecord } from '../../sandbox/contracts.ts';
import { inheritedEnvironment } from '../../sandbox/agent/index.ts';
import type { PipelineRun, PipelineRunOptions } from '../../sandbox/pipeline/index.ts';
import {
  catalogueOf,
  jobOptionsBehindProxy,
  jobOptionsDirect,
  readPipeline,
  runPipeline,
} from '../../sandbox/pipeline/index.ts';
import { oneCluster } from '../support/one-cluster.ts';
import { packagedTasks } from '../support/packaged.ts';
import type { World } from '../support/world.ts';
import { examples, startWorld } from '../support/world.ts';

const article = readFileSync(path.join(examples, 'article.yml'), 'utf8');
const credentials = { username: 'agent', password: 'p@ss:w%rd/ä' };

function textOf({ jobs }: PipelineRun): string {
  return jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run?.log ?? [])).join('\n');
}

describe('the way from a task to Azure and to the cluster', function () {
  this.timeout(120_000);
  let world: World;
  const folders: string[] = [];
  afterEach(async () => {
    await world.stop();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  /** As any harness can do it: all it knows of the sandbox stands in connection.json. */
  async function runArticle(
    options: (connection: Connection) => Omit<PipelineRunOptions, 'host' | 'workFolder'>,
  ): Promise<PipelineRun> {
    const connection = JSON.parse(readFileSync(world.sandbox.connectionFile, 'utf8')) as Connection;
    const workFolder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-direct-'));
    folders.push(workFolder);
    const pipeline = readPipeline(
      article,
      'article.yml',
      catalogueOf(await packagedTasks(), connection.serviceConnections),
    );
    const node = process.versions.node.startsWith('24.') ? 24 : 20;
    return runPipeline(pipeline, { content: examples, host: 'build', node, workFolder, ...options(connection) });
  }

  /** What went through the proxy for the tasks (pods have proxies of their own). */
  function proxied(): readonly RequestRecord[] {
    return world.sandbox.requests.all().filter(({ server, caller }) => server === 'proxy' && caller === undefined);
  }

  function apiServer(): string {
    return new URL(world.sandbox.clusters[0]!.server).host;
  }

  it("is direct without a proxy: the article's pipeline runs against the sandbox's own addresses", async () => {
    world = await startWorld({ scenario: oneCluster() });
    const run = await runArticle(jobOptionsDirect);
    assert.equal(run.result, 'Succeeded', textOf(run));
    assert.deepEqual(proxied(), []);
    assert.match(textOf(run), /the secret password can be read/);
  });

  it('leads through a proxy that asks for a user and a password, which the log does not show', async () => {
    world = await startWorld({ scenario: oneCluster(), proxyCredentials: credentials });
    const run = await runArticle((connection) => {
      const options = jobOptionsBehindProxy(connection);
      // As a pipeline sets it for other tools; libraries would tell of every connection for it.
      const hostEnvironment = { ...inheritedEnvironment(), DEBUG: '*' };
      return { ...options, hostEnvironment, proxy: { url: connection.proxy, ...credentials } };
    });
    assert.equal(run.result, 'Succeeded', textOf(run));
    const targets = new Set(proxied().map(({ path: target, status }) => `${target} ${String(status)}`));
    assert.deepEqual(
      [...targets].sort(),
      [`${apiServer()} 200`, 'login.microsoftonline.com:443 200', 'management.azure.com:443 200'].sort(),
    );
    const { username, password } = credentials;
    assert.ok(!textOf(run).includes(password));
    assert.ok(!textOf(run).includes(Buffer.from(`${username}:${password}`).toString('base64')));
  });

  it('is refused by that proxy without them, with a code', async () => {
    world = await startWorld({ scenario: oneCluster(), proxyCredentials: credentials });
    const run = await runArticle(jobOptionsBehindProxy);
    assert.equal(run.result, 'Failed');
    assert.match(
      textOf(run),
      /\[CON004\] .*login\.microsoftonline\.com cannot be reached: the proxy refuses .* \(status 407\)/,
    );
    assert.match(textOf(run), /Next: Configure the agent with the user name and the password of its proxy/);
    assert.deepEqual(world.writes(), []);
  });

  it('is refused with a code where only the API server lies behind that proxy', async () => {
    world = await startWorld({ scenario: oneCluster(), proxyCredentials: credentials });
    const run = await runArticle((connection) => ({
      ...jobOptionsDirect(connection),
      proxy: {
        url: connection.proxy,
        bypass: [new URL(connection.resourceManager), new URL(connection.activeDirectory)].map(
          ({ origin }) => `^${origin}`,
        ),
      },
    }));
    assert.equal(run.result, 'Failed');
    assert.match(textOf(run), /\[KUB001\] The API server .* the proxy refuses .* \(status 407\)/);
  });

  it('ends with what the system says where nothing listens', async () => {
    world = await startWorld({ scenario: oneCluster() });
    const run = await runArticle((connection) => ({
      ...jobOptionsBehindProxy(connection),
      proxy: { url: 'http://127.0.0.1:1' },
    }));
    assert.equal(run.result, 'Failed');
    assert.match(textOf(run), /\[CON004\] .*login\.microsoftonline\.com cannot be reached \(\d tries within/);
    assert.match(textOf(run), /ECONNREFUSED/);
  });

  it('passes the proxy by for an API server on the bypass list', async () => {
    world = await startWorld({ scenario: oneCluster() });
    const run = await runArticle((connection) => ({
      ...jobOptionsBehindProxy(connection),
      proxy: { url: connection.proxy, bypass: [`^https://${apiServer().replace('.', '\\.')}`] },
    }));
    assert.equal(run.result, 'Succeeded', textOf(run));
    const targets = new Set(proxied().map(({ path: target }) => target));
    assert.deepEqual([...targets].sort(), ['login.microsoftonline.com:443', 'management.azure.com:443']);
    const reached = world.sandbox.requests.all().filter(({ server }) => server === 'cluster:aks-p-we-001');
    assert.ok(reached.some(({ userAgent }) => userAgent === 'keyless-pods'));
  });
});
