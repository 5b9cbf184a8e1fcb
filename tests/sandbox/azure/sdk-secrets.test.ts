import assert from 'node:assert/strict';
import { SecretClient, type SecretClientOptions } from '@azure/keyvault-secrets';
import { startTestAzure, vaultId, type TestAzure } from './world.ts';

const at = (text: string): Date => new Date(text);
/** A new one for each poller: pollers keep their signal to abort in it. */
const quick = (): { readonly intervalInMs: number } => ({ intervalInMs: 1 });

describe('the sandbox Key Vault, judged by @azure/keyvault-secrets', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
    await azure.allow('kvpolicy', 'owner', ['all', 'purge']);
  });
  afterEach(() => azure.stop());
  const client = (vault = 'kvpolicy', as = 'owner', options: SecretClientOptions = {}): SecretClient =>
    new SecretClient(`https://${vault}.vault.azure.net`, azure.credential(as), { httpClient: azure.http, ...options });
  const names = async (list: AsyncIterable<{ readonly name: string }>): Promise<string[]> => {
    const found: string[] = [];
    for await (const { name } of list) found.push(name);
    return found;
  };

  it('keeps what a secret is said to be: enabled, valid from, valid until, type and tags', async () => {
    const written = {
      enabled: true,
      notBefore: at('2024-01-01T00:00:00Z'),
      expiresOn: at('2034-01-01T00:00:00Z'),
      contentType: 'text/plain',
      tags: { team: 'payments' },
    };
    await client().setSecret('fresh', 'value', written);
    const { properties } = await client().getSecret('fresh');
    const { enabled, notBefore, expiresOn, contentType, tags } = properties;
    assert.deepEqual({ enabled, notBefore, expiresOn, contentType, tags }, written);
    assert.equal(properties.recoveryLevel, 'Recoverable+Purgeable');
    assert.equal(properties.recoverableDays, 90);
    assert.ok(properties.createdOn && properties.updatedOn);
  });
  it('hands out secrets before their time and after it', async () => {
    await client().setSecret('early', 'value', { notBefore: at('2200-01-01T00:00:00Z') });
    await client().setSecret('late', 'value', { expiresOn: at('2000-01-01T00:00:00Z') });
    assert.equal((await client().getSecret('early')).value, 'value');
    assert.equal((await client().getSecret('late')).value, 'value');
    const { properties } = await client('kvopen').getSecret('expired');
    assert.deepEqual(properties.notBefore, at('2019-01-01T00:00:00Z'));
    assert.deepEqual(properties.expiresOn, at('2020-01-01T00:00:00Z'));
  });
  it('changes one version and leaves its value and the others alone', async () => {
    const first = await client().setSecret('fresh', 'one', { tags: { kept: 'yes' } });
    await client().setSecret('fresh', 'two');
    const { version } = first.properties;
    const changed = await client().updateSecretProperties('fresh', version!, { enabled: false, contentType: 'x' });
    assert.deepEqual([changed.enabled, changed.contentType, changed.tags], [false, 'x', { kept: 'yes' }]);
    await assert.rejects(client().getSecret('fresh', { version: version! }), { statusCode: 403 });
    assert.equal((await client().getSecret('fresh')).value, 'two');
    await assert.rejects(client().updateSecretProperties('fresh', 'f'.repeat(32), {}), { code: 'SecretNotFound' });
  });
  it('deletes: gone at once, among the deleted ones after a while, its name taken', async () => {
    await client().setSecret('fresh', 'value', { tags: { team: 'payments' } });
    const poller = await client().beginDeleteSecret('fresh', quick());
    assert.equal(poller.isDone(), false);
    await assert.rejects(client().getSecret('fresh'), { statusCode: 404, code: 'SecretNotFound' });
    const deleted = await poller.pollUntilDone();
    assert.equal(deleted.recoveryId, 'https://kvpolicy.vault.azure.net/deletedsecrets/fresh');
    const { deletedOn, scheduledPurgeDate } = deleted;
    assert.equal((scheduledPurgeDate!.getTime() - deletedOn!.getTime()) / 86_400_000, 90);
    assert.deepEqual(await names(client().listDeletedSecrets()), ['fresh']);
    assert.deepEqual((await client().getDeletedSecret('FRESH')).properties.tags, { team: 'payments' });
    await assert.rejects(client().setSecret('fresh', 'again'), {
      statusCode: 409,
      code: 'Conflict',
      message: /^Secret fresh is currently in a deleted but recoverable state/,
    });
  });
  it('recovers all versions', async () => {
    const first = await client().setSecret('fresh', 'one');
    await client().setSecret('fresh', 'two');
    await (await client().beginDeleteSecret('fresh', quick())).pollUntilDone();
    await (await client().beginRecoverDeletedSecret('fresh', quick())).pollUntilDone();
    assert.equal((await client().getSecret('fresh')).value, 'two');
    assert.equal((await client().getSecret('fresh', { version: first.properties.version! })).value, 'one');
    assert.deepEqual(await names(client().listDeletedSecrets()), []);
  });
  it('purges for good', async () => {
    await client().setSecret('fresh', 'value');
    await (await client().beginDeleteSecret('fresh', quick())).pollUntilDone();
    await client().purgeDeletedSecret('fresh');
    await assert.rejects(client().getDeletedSecret('fresh'), { message: 'Deleted Secret not found: fresh' });
    await assert.rejects(client().beginRecoverDeletedSecret('fresh', quick()), { statusCode: 404 });
    await client().setSecret('fresh', 'new');
  });
  it('purges nothing where the vault protects it', async () => {
    await azure.recover('kvprotected');
    await azure.allow('kvprotected', 'owner', ['all', 'purge']);
    const guarded = client('kvprotected');
    const { properties } = await guarded.setSecret('fresh', 'value');
    assert.equal(properties.recoveryLevel, 'Recoverable');
    await (await guarded.beginDeleteSecret('fresh', quick())).pollUntilDone();
    await assert.rejects(guarded.purgeDeletedSecret('fresh'), {
      statusCode: 403,
      message: /^Operation "purge" is not allowed because purge protection is enabled for this vault\./,
    });
  });
  it('backs up all versions, and restores them in another vault of the subscription, once', async () => {
    await azure.allow('kvopen', 'owner', ['all']);
    const first = await client().setSecret('fresh', 'one');
    await client().setSecret('fresh', 'two');
    const backup = (await client().backupSecret('fresh'))!;
    assert.ok(!Buffer.from(backup).toString().includes('one'));
    await client('kvopen').restoreSecretBackup(backup);
    const old = await client('kvopen').getSecret('fresh', { version: first.properties.version! });
    assert.equal(old.value, 'one');
    await assert.rejects(client('kvopen').restoreSecretBackup(backup), { statusCode: 409 });
    await assert.rejects(client('kvopen').restoreSecretBackup(Buffer.from('nonsense')), { statusCode: 400 });
  });
  it('refuses names that no secret can have', async () => {
    await assert.rejects(client().setSecret('under_score', 'value'), { statusCode: 400, code: 'BadParameter' });
  });
  it('gives up waiting when it is told to, and the deletion goes on', async () => {
    await client().setSecret('fresh', 'value');
    const abort = new AbortController();
    const poller = await client().beginDeleteSecret('fresh', quick());
    abort.abort();
    await assert.rejects(poller.pollUntilDone({ abortSignal: abort.signal }), { name: 'AbortError' });
    assert.equal((await client().getDeletedSecret('fresh')).name, 'fresh');
  });

  describe('asks for the right of each operation', () => {
    const kept = ['get', 'list', 'set', 'delete', 'recover', 'purge', 'backup', 'restore'] as const;
    const operations: readonly {
      readonly title: string;
      readonly permission: (typeof kept)[number];
      readonly action: string;
      readonly run: (as: SecretClient, vault: string) => Promise<unknown>;
    }[] = [
      { title: 'reading', permission: 'get', action: 'getSecret/action', run: (as) => as.getSecret('password') },
      {
        title: 'listing',
        permission: 'list',
        action: 'readMetadata/action',
        // Not by the client: where it pages, it drops the text of the refusal.
        run: (_as, vault) => refusalOf(azure.vault(vault, '/secrets?api-version=7.6', { as: 'one' })),
      },
      { title: 'setting', permission: 'set', action: 'setSecret/action', run: (as) => as.setSecret('a', 'b') },
      {
        title: 'changing',
        permission: 'set',
        action: 'update/action',
        run: (as) => as.updateSecretProperties('password', 'f'.repeat(32), {}),
      },
      { title: 'deleting', permission: 'delete', action: 'delete', run: (as) => as.beginDeleteSecret('none', quick()) },
      {
        title: 'reading deleted ones',
        permission: 'get',
        action: 'readMetadata/action',
        run: (as) => as.getDeletedSecret('none'),
      },
      {
        title: 'recovering',
        permission: 'recover',
        action: 'recover/action',
        run: (as) => as.beginRecoverDeletedSecret('none', quick()),
      },
      { title: 'purging', permission: 'purge', action: 'purge/action', run: (as) => as.purgeDeletedSecret('none') },
      { title: 'backing up', permission: 'backup', action: 'backup/action', run: (as) => as.backupSecret('none') },
      {
        title: 'restoring',
        permission: 'restore',
        action: 'restore/action',
        run: (as) => as.restoreSecretBackup(Buffer.from('nonsense')),
      },
    ];
    const refusalOf = async (asked: ReturnType<TestAzure['vault']>): Promise<void> => {
      const { status, message } = await asked;
      if (status !== 200) throw Object.assign(new Error(message), { statusCode: status });
    };
    /** `forbidden` with the text, or whatever else became of it. */
    const outcome = async (running: Promise<unknown>): Promise<string> => {
      try {
        await running;
        return 'allowed';
      } catch (error) {
        const { statusCode, message } = error as { statusCode: number; message: string };
        return statusCode === 403 ? `forbidden ${message}` : 'allowed';
      }
    };

    for (const { title, permission, action, run } of operations) {
      it(`${title} needs ${permission} of policies and ${action} of roles`, async () => {
        await azure.allow(
          'kvpolicy',
          'one',
          kept.filter((other) => other !== permission),
        );
        assert.match(
          await outcome(run(client('kvpolicy', 'one'), 'kvpolicy')),
          new RegExp(`^forbidden .* does not have secrets ${permission} permission on key vault`),
        );
        await azure.allow('kvpolicy', 'one', [permission]);
        assert.equal(await outcome(run(client('kvpolicy', 'one'), 'kvpolicy')), 'allowed');
        assert.match(
          await outcome(run(client('kvroles', 'one'), 'kvroles')),
          new RegExp(`^forbidden [^]*Action: 'Microsoft\\.KeyVault/vaults/secrets/${action}'`),
        );
        await azure.grant('Key Vault Secrets Officer', vaultId('kvroles'), 'one');
        assert.equal(await outcome(run(client('kvroles', 'one'), 'kvroles')), 'allowed');
      });
    }
  });

  describe('in pages', () => {
    it('of at most 25, or fewer on request, with the address of the next', async () => {
      for (let number = 10; number < 40; number += 1) await client().setSecret(`s${String(number)}`, 'v');
      const pages: number[] = [];
      for await (const page of client().listPropertiesOfSecrets().byPage()) pages.push(page.length);
      assert.deepEqual(pages, [25, 7]);
      const small: number[] = [];
      for await (const page of client().listPropertiesOfSecrets().byPage({ maxPageSize: 10 })) small.push(page.length);
      assert.deepEqual(small, [10, 10, 10, 2]);
      const first = await azure.vault('kvpolicy', '/secrets?api-version=7.5&maxresults=1');
      assert.match(
        first.body.nextLink,
        /^https:\/\/kvpolicy\.vault\.azure\.net:443\/secrets\?api-version=7\.5&maxresults=1&%24skiptoken=\w+$/,
      );
      assert.equal(
        (await azure.vault('kvpolicy', '/secrets?api-version=7.5&maxresults=26')).outcome,
        '400 BadParameter',
      );
      assert.equal(
        (await azure.vault('kvpolicy', '/secrets?api-version=7.5&$skiptoken=x')).outcome,
        '400 BadParameter',
      );
    });
  });

  it('has recoverable days from version 7.1 on', async () => {
    const of = async (version: string): Promise<unknown> => {
      const { body } = await azure.vault('kvpolicy', `/secrets/password?api-version=${version}`);
      return (body as unknown as { attributes: { recoverableDays?: number } }).attributes.recoverableDays;
    };
    assert.deepEqual(await Promise.all(['2016-10-01', '7.0', '7.1', '7.5', '2025-07-01'].map(of)), [
      undefined,
      undefined,
      90,
      90,
      90,
    ]);
  });
});
