import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Intercept } from '../../../sandbox/kit/http-server.ts';
import type { World } from '../../support/world.ts';
import { isWriteOfTask, startWorld } from '../../support/world.ts';
import { dedicated, text, withCluster } from '../grants/support.ts';

interface PlanFile {
  readonly version: number;
  readonly task: string;
  readonly action: string;
  readonly changeCount: number;
  readonly blockedCount: number;
  readonly changes: readonly {
    readonly difference: string;
    readonly title: string;
    readonly details: Readonly<Record<string, string>>;
    readonly code?: string;
    readonly note?: string;
  }[];
}

describe('outputPlanFile', function () {
  this.timeout(60_000);
  let world: World;
  let workFolder = '';
  /** System.DefaultWorkingDirectory of a build. */
  const sources = (): string => path.join(workFolder, '1', 's');
  const read = (name: string): PlanFile => JSON.parse(readFileSync(path.join(sources(), name), 'utf8')) as PlanFile;
  beforeEach(() => {
    workFolder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-plan-'));
    mkdirSync(sources(), { recursive: true });
  });
  afterEach(async () => {
    await world.stop();
    rmSync(workFolder, { recursive: true, force: true });
  });

  it('gets the plan of a preview with all ids, in a folder that is made for it', async () => {
    world = await startWorld();
    const wanted = { ...dedicated, action: 'preview', outputPlanFile: 'plans/grants.json' };
    const run = await world.run('AksRoleGrants', wanted, { workFolder });
    assert.equal(run.result, 'Succeeded', text(run));
    const plan = read('plans/grants.json');
    assert.deepEqual([plan.version, plan.task, plan.action], [1, 'AksRoleGrants', 'preview']);
    assert.deepEqual([plan.changeCount, plan.blockedCount], [1, 0]);
    assert.deepEqual(
      plan.changes.map(({ difference }) => difference),
      ['none', 'create'],
    );
    const [exists, created] = plan.changes;
    assert.equal(exists!.note, 'exists');
    assert.match(created!.details['scope']!, /\/userAssignedIdentities\/id-aks-helloworld$/);
    assert.equal(created!.details['roleId'], 'f1a07417-d97a-45cb-824c-7a7467783830');
    assert.equal(created!.details['roleName'], 'Managed Identity Operator');
    assert.match(created!.details['principalId']!, /^[0-9a-f-]{36}$/);
    assert.deepEqual(world.writes(), []);
  });

  it('is there before the first write, in apply and in remove', async () => {
    const seen: string[] = [];
    const intercept: Intercept = (event) => {
      if (event.phase === 'before' && event.server === 'resourceManager' && isWriteOfTask(event))
        seen.push(`${event.method} ${read('plan.json').action}`);
      return undefined;
    };
    world = await startWorld({ intercept });
    const file = path.join(sources(), 'plan.json');
    const wanted = { ...dedicated, outputPlanFile: file };
    await world.run('AksRoleGrants', wanted, { workFolder });
    await world.run('AksRoleGrants', { ...wanted, action: 'remove' }, { workFolder });
    assert.deepEqual(seen, ['PUT apply', 'DELETE remove']);
    const vault = { azureSubscription: 'azure-conn', keyVault: 'kvpwe001', identity: dedicated.identity };
    await world.run('KeyVaultGrant', { ...vault, outputPlanFile: file }, { workFolder });
    const [policy] = read('plan.json').changes;
    assert.equal(policy!.difference, 'create');
    assert.match(policy!.details['vault']!, /\/vaults\/kvpwe001$/);
    assert.equal(policy!.details['secrets'], 'get');
    assert.deepEqual(readdirSync(sources()), ['plan.json'], 'no draft is left');
  });

  it('shows what is blocked, although the step fails', async () => {
    world = await startWorld({ scenario: withCluster({ nodeRestriction: 'ReadOnly' }) });
    const run = await world.run('AksRoleGrants', { ...dedicated, outputPlanFile: 'plan.json' }, { workFolder });
    assert.equal(run.result, 'Failed');
    const plan = read('plan.json');
    assert.equal(plan.blockedCount, 1);
    assert.deepEqual(
      plan.changes.map(({ difference, code }) => [difference, code]),
      [
        ['blocked', 'AKS003'],
        ['create', undefined],
      ],
    );
    assert.deepEqual(world.writes(), []);
  });

  it('holds no plan of an earlier run where this one ends before it has one', async () => {
    world = await startWorld();
    const file = path.join(sources(), 'plan.json');
    writeFileSync(file, '{"version":1}');
    const run = await world.run(
      'AksRoleGrants',
      { ...dedicated, clusterName: 'aks-p-we-999', outputPlanFile: 'plan.json' },
      { workFolder },
    );
    assert.equal(run.result, 'Failed');
    assert.equal(existsSync(file), false);
  });

  it('is refused before the first request where it cannot be written', async () => {
    world = await startWorld();
    const file = path.join(sources(), 'file');
    writeFileSync(file, 'kept');
    const paths = ['.', `${sources()}/`, 'file/plan.json', '/no/such/folder/plan.json'];
    for (const outputPlanFile of paths) {
      const run = await world.run('AksRoleGrants', { ...dedicated, outputPlanFile }, { workFolder });
      assert.equal(run.result, 'Failed', outputPlanFile);
      assert.match(text(run), /\[INP001\] Input outputPlanFile is ".*"; allowed: (the path of a file|a path that)/);
    }
    assert.equal(readFileSync(file, 'utf8'), 'kept');
    assert.deepEqual(world.sandbox.requests.all(), []);
  });
});
