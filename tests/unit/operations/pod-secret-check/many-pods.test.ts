import assert from 'node:assert/strict';
import type { PodRow } from '../../../../src/engine/pods.ts';
import type { Run } from './support.ts';
import { bypassed, good, noIdentity, pod, run } from './support.ts';

const inputs = { pods: 'all' };
const three = [pod('c', {}, 'n2'), pod('b', {}, 'n1'), pod('a', {}, 'n1')];

function rows({ events }: Run): readonly PodRow[] {
  return events.flatMap((event) => (event.type === 'pods' ? event.rows : []));
}

describe('PodSecretCheck of many pods', () => {
  it('asks each, and tells them by node and name', async () => {
    const found = await run([good], { inputs, pods: three });
    assert.deepEqual(
      rows(found),
      ['n1/a', 'n1/b', 'n2/c'].map((each) => {
        const [node, name] = each.split('/');
        return { node, pod: name, result: 'passed' };
      }),
    );
    assert.equal(found.proof.outputs['outcome'], 'passed');
    assert.equal(found.proof.failure, undefined);
  });

  it('asks one of every node', async () => {
    const { commands } = await run([good], { inputs: { pods: 'everyNode' }, pods: three });
    assert.deepEqual(commands.map((each) => each.pod).sort(), ['b', 'c']);
  });

  it('needs no request more for more pods, except the proof in each', async () => {
    const few = await run([good], { inputs, pods: three });
    const many = Array.from({ length: 60 }, (_, index) => pod(`web-${String(index)}`));
    const lots = await run([good], { inputs, pods: many });
    assert.deepEqual(lots.lists, few.lists);
    assert.equal(lots.commands.length, 60);
  });

  it('fails with the code of a pod that no waiting helps, however many others may heal', async () => {
    const { proof, slept } = await run({ a: [noIdentity], b: [bypassed], c: [good] }, { inputs, pods: three });
    assert.equal(proof.failure?.code, 'CHK012');
    assert.equal(proof.outputs['outcome'], 'failed');
    assert.equal(proof.outputs['failureCode'], 'CHK012');
    assert.match(proof.failure.message, /^2 of 3 pods failed: a on n1 \(CHK010\) and b on n1 \(CHK012\)\./);
    assert.deepEqual(slept, []);
  });

  it('waits for those that heal, and asks only them again', async () => {
    const found = await run({ a: [good], b: [noIdentity, noIdentity, good], c: [good] }, { inputs, pods: three });
    assert.equal(found.proof.failure, undefined);
    assert.deepEqual(found.commands.map((each) => each.pod).sort(), ['a', 'b', 'b', 'b', 'c']);
    const [waiting] = found.events.flatMap((event) => (event.type === 'waiting' ? [event.measured] : []));
    assert.match(waiting ?? '', /^2 of 3 pods passed, \[CHK010\]/);
  });

  it('waits for a pod that is not ready, and forgets one that is gone', async () => {
    const starting = { ...pod('b'), status: { phase: 'Pending' } };
    const looks = [
      [pod('a'), starting, pod('c')],
      [pod('a'), pod('b')],
    ];
    const found = await run({ a: [good], b: [good], c: [noIdentity] }, { inputs, pods: looks });
    assert.equal(found.proof.failure, undefined);
    assert.deepEqual(
      rows(found).map((row) => [row.pod, row.result]),
      [
        ['a', 'passed'],
        ['b', 'passed'],
      ],
    );
  });

  it('says which pod never became ready', async () => {
    const starting = { ...pod('b'), status: { phase: 'Pending' } };
    const { proof } = await run([good], { inputs, pods: [pod('a'), starting], minutes: 1 });
    assert.equal(proof.failure?.code, 'CHK001');
    assert.match(proof.failure.message, /The pod b on node n is not ready: 0 of 1 ready \(Pending\)/);
  });

  it('asks no more at the same time than it may', async () => {
    const many = Array.from({ length: 30 }, (_, index) => pod(`web-${String(index)}`));
    for (const parallel of ['1', '7']) {
      const found = await run([good], { inputs: { ...inputs, parallel }, pods: many });
      assert.equal(found.most, Number(parallel));
    }
  });

  it('refuses a number that is none', async () => {
    for (const parallel of ['0', '21', 'five']) {
      await assert.rejects(run([good], { inputs: { parallel } }), /parallel is "[^"]+"; allowed: 1 to 20/);
    }
  });
});
