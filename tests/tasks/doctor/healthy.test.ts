/** A chain that works, and the article's world after its steps: nothing is wrong, and the doctor says nothing else. */
import assert from 'node:assert/strict';
import { trafficOf } from '../../../scripts/bench/chain.ts';
import { Draft } from './support/draft.ts';
import { asked, examine, writesOf } from './support/examine.ts';

describe('IdentityDoctor on a chain that works', function () {
  this.timeout(60_000);

  it('finds nothing, on one screen, without a write', async () => {
    await examine(new Draft(), {}, ({ outputs, failure, log, report, sandbox }) => {
      assert.equal(failure, undefined, log.join('\n'));
      assert.deepEqual(outputs, { problemCount: '0', codes: '' }, log.join('\n'));
      const odd = report.checks.filter(({ status }) => status !== 'passed');
      // MIC's log is read only where something is amiss.
      assert.deepEqual(
        odd.map(({ title }) => title),
        ['MIC gets what it asks Azure for'],
      );
      assert.ok(log.length <= 40, String(log.length));
      assert.deepEqual(writesOf(sandbox), []);
    });
  });

  it('asks at most 35 times', async () => {
    await examine(new Draft(), {}, ({ sandbox, log }) => {
      const asks = sandbox.requests.all().filter(({ server }) => server !== 'proxy');
      assert.ok(
        asks.length <= 35,
        `${String(asks.length)} requests\n${asks.map(({ path }) => path).join('\n')}\n${log.join('\n')}`,
      );
    });
  });

  it('goes at most six answers deep', async () => {
    // Answers that take their time make what waits for what show in the log of requests.
    await examine(new Draft(), { options: { latency: 250 } }, ({ sandbox }) => {
      const { depth } = trafficOf(sandbox.requests.all().filter((request) => !isOfMic(request)));
      assert.ok(depth <= 6, String(depth));
    });
  });

  it('asks no more for many pods than for one', async () => {
    const asks = async (replicas: number): Promise<number> => {
      const draft = new Draft();
      draft.workload('Deployment', 'web').spec.replicas = replicas;
      return examine(draft, {}, ({ sandbox, outputs }) => {
        assert.deepEqual(outputs, { problemCount: '0', codes: '' });
        return sandbox.requests.all().filter(({ server }) => server !== 'proxy').length;
      });
    };
    // One more log of NMI where the pods are on both nodes.
    assert.ok((await asks(40)) <= (await asks(1)) + 1);
  });

  it('finds nothing on a vault with Azure RBAC', async () => {
    await examine(new Draft(), { inputs: { ...asked, keyVault: 'kvpwe002' } }, ({ outputs, log }) => {
      assert.deepEqual(outputs, { problemCount: '0', codes: '' }, log.join('\n'));
    });
  });
});

/** MIC asks for one scale set, again and again; the doctor for all of the group. */
function isOfMic({ path }: { readonly path: string }): boolean {
  return path.includes('/virtualMachineScaleSets/');
}
