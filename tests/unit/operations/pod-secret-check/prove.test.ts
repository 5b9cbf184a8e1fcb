import assert from 'node:assert/strict';
import { publicCloud } from '../../../../src/azure/cloud.ts';
import { DiagnosticError } from '../../../../src/diagnostics/diagnostic.ts';
import { InputReader } from '../../../../src/inputs/input-reader.ts';
import type { KubeCluster } from '../../../../src/kube/cluster.ts';
import { readPodSecretCheckInputs } from '../../../../src/operations/pod-secret-check/inputs.ts';
import { askOf } from '../../../../src/operations/pod-secret-check/intent.ts';
import { prove } from '../../../../src/operations/pod-secret-check/prove.ts';
import type { Services } from '../../../../src/operations/shared/services.ts';
import { startBudget } from '../../../../src/runtime/budget.ts';
import { fastClock } from '../../../support/clock.ts';
import { bypassed, given, good, noIdentity, pod, run } from './support.ts';

describe('the operation of PodSecretCheck', () => {
  it('waits for what heals, and says so once', async () => {
    const { proof, events, commands } = await run([noIdentity, noIdentity, noIdentity, good]);
    assert.equal(proof.failure, undefined);
    assert.deepEqual(proof.outputs, {
      outcome: 'passed',
      failureCode: '',
      secretVersion: '0123456789abcdef0123456789abcdef',
    });
    assert.equal(commands.length, 4);
    assert.equal(events.filter(({ type }) => type === 'waiting').length, 1);
  });

  it('ends at once where waiting never helps', async () => {
    const { proof, slept } = await run([bypassed]);
    assert.equal(proof.failure?.code, 'CHK012');
    assert.deepEqual(proof.outputs, {
      outcome: 'failed',
      failureCode: 'CHK012',
      secretVersion: '0123456789abcdef0123456789abcdef',
    });
    assert.deepEqual(slept, []);
  });

  it('ends with its budget', async () => {
    const { proof, slept } = await run([noIdentity], { minutes: 2 });
    assert.equal(proof.failure?.code, 'CHK010');
    const waited = slept.reduce((sum, each) => sum + each, 0);
    assert.equal(Math.round(waited), 120_000);
  });

  it('gives a kind of failure no more time than it can use', async () => {
    const silent = ['kp1 tool curl', 'kp1 token.failure timeout', 'kp1 end 0'];
    const { proof, slept } = await run([silent], { minutes: 10 });
    assert.equal(proof.failure?.code, 'CHK011');
    assert.ok(slept.reduce((sum, each) => sum + each, 0) <= 30_000);
  });

  it('has outputs for failures of the cluster, too', async () => {
    const clock = fastClock();
    const services = {
      clock,
      budget: startBudget(clock, 60_000),
      signal: new AbortController().signal,
    } as unknown as Services;
    const refuse = (): Promise<KubeCluster> => Promise.reject(new DiagnosticError('KUB001', { message: 'away' }));
    const reader = new InputReader((name: string) => (given as Record<string, string>)[name]);
    const proof = await prove(refuse, askOf(readPodSecretCheckInputs(reader), publicCloud), services);
    assert.deepEqual(proof.outputs, { outcome: 'failed', failureCode: 'KUB001', secretVersion: '' });
    assert.equal(proof.failure?.code, 'KUB001');
  });

  it('asks the newest ready pod that is not going, in its default container', async () => {
    const annotations = { 'kubectl.kubernetes.io/default-container': 'web' };
    const { commands } = await run([good], {
      pods: [
        pod('old'),
        pod('new', { creationTimestamp: '2026-02-01T00:00:00Z', annotations }),
        pod('going', { creationTimestamp: '2026-03-01T00:00:00Z', deletionTimestamp: '2026-03-02T00:00:00Z' }),
        { ...pod('starting', { creationTimestamp: '2026-04-01T00:00:00Z' }), status: { phase: 'Pending' } },
      ],
    });
    assert.equal(commands[0]!.pod, 'new');
    assert.equal(commands[0]!.container, 'web');
  });

  it('sends no digest, only one that a nonce has changed', async () => {
    const expectedSha256 = 'AB'.repeat(32);
    const { commands } = await run([good, good], { inputs: { expectedSha256, container: 'first' } });
    const words = commands[0]!.command;
    assert.equal(commands[0]!.container, 'first');
    assert.ok(words.every((word) => !word.toLowerCase().includes(expectedSha256.toLowerCase())));
    assert.match(words.at(-3) ?? '', /^[0-9a-f]{64}$/);
    assert.notEqual((await run([good], { inputs: { expectedSha256 } })).commands[0]!.command.at(-3), words.at(-3));
  });

  it('refuses inputs that leave the pods open, and says all problems', () => {
    const wrong: Record<string, string> = {
      ...given,
      workload: 'cronjob/x',
      expectedSha256: 'zz',
      secretVersion: '1',
      clientId: 'x',
    };
    const reader = new InputReader((name: string) => wrong[name]);
    readPodSecretCheckInputs(reader);
    assert.throws(() => {
      reader.failIfProblems();
    }, /5 problems[^]*workload is "cronjob\/x"[^]*exactly one of them/);
  });
});
