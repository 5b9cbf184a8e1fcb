/** What the bench takes for AzureCLI@2 and for the article: too much of it would make us look fast. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { articleBlocks } from '../../scripts/azure-cli/article-blocks.ts';
import { runAzureCliTask, type AzureCliTask } from '../../scripts/azure-cli/azure-cli-task.ts';

describe("the article's scripts", () => {
  it('are seventeen az commands in three blocks', () => {
    const { findAndReplace, assignRoles, openVault } = articleBlocks();
    const commands = [findAndReplace, assignRoles, openVault].map((block) => block.match(/\baz [a-z]+ [a-z-]+/g));
    assert.deepEqual(
      commands.map((found) => found?.length),
      [4, 10, 3],
    );
  });
});

describe("AzureCLI@2's way with az", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-azure-cli-'));
    const az = path.join(folder, 'az');
    writeFileSync(
      az,
      `#!/bin/sh\necho "$AZURE_CONFIG_DIR $HTTPS_PROXY $REQUESTS_CA_BUNDLE $*" >> "${folder}/calls"\n[ "$2" != wrong ] || echo "ERROR: no" >&2\n`,
    );
    chmodSync(az, 0o755);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const connection = {
    proxy: 'http://p',
    caFile: '/ca.pem',
    clientId: 'c',
    clientSecret: 's',
    tenantId: 't',
    subscriptionId: 'u',
  };
  const task = (script: string): AzureCliTask => ({ azFolder: folder, connection, script, cwd: folder });
  const calls = (): readonly string[][] =>
    readFileSync(path.join(folder, 'calls'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' '));

  it('is a login, the subscription, the script, and a logout, in a home of its own', async () => {
    await runAzureCliTask(task('az aks list\naz keyvault list'));
    await runAzureCliTask(task('true'));
    const login = 'login --service-principal -u c --password=s --tenant t --allow-no-subscriptions';
    const around = [login, 'account set --subscription u', 'account clear'];
    assert.deepEqual(
      calls().map(([, , , ...args]) => args.join(' ')),
      [login, 'account set --subscription u', 'aks list', 'keyvault list', 'account clear', ...around],
    );
    assert.equal(new Set(calls().map(([home]) => home)).size, 2);
    assert.deepEqual(calls()[0]!.slice(1, 3), ['http://p', '/ca.pem']);
  });
  it('fails where a command of the script failed, though the script went on', async () => {
    await assert.rejects(runAzureCliTask(task('az aks wrong\ntrue')), /ERROR: no/);
    await assert.rejects(runAzureCliTask(task('exit 3')), /bash ended with 3/);
  });
});
