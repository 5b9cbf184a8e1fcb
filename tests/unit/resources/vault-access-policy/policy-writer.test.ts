import assert from 'node:assert/strict';
import type { PolicyChange, PolicyUpdate } from '../../../../src/resources/vault-access-policy/entry.ts';
import type { SendPolicies } from '../../../../src/resources/vault-access-policy/policy-writer.ts';
import { PolicyWriter } from '../../../../src/resources/vault-access-policy/policy-writer.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

function change(objectId: string, update: PolicyUpdate = 'add'): PolicyChange {
  return { update, entry: { tenantId: 'tenant', objectId, permissions: { secrets: ['get'] } } };
}

/** Remembers what was sent; each request takes a second. */
function sender(refused: readonly string[] = []): {
  readonly clock: ReturnType<typeof virtualClock>;
  readonly sent: string[];
  readonly send: SendPolicies;
} {
  const clock = virtualClock();
  const sent: string[] = [];
  const send: SendPolicies = async (update, entries) => {
    const ids = entries.map(({ objectId }) => objectId);
    sent.push(`${update} ${ids.join(',')}`);
    await clock.sleep(1_000);
    if (ids.some((id) => refused.includes(id))) throw new Error(`refused ${ids.join(',')}`);
  };
  return { clock, sent, send };
}

const never = new AbortController().signal;

describe('the writes to one vault', () => {
  it('go one after the other, and together where they had to wait', async () => {
    const { clock, sent, send } = sender();
    const writer = new PolicyWriter(send, never);
    await clock.run(Promise.all(['a', 'b', 'c'].map((id) => writer.write(change(id)))));
    assert.deepEqual(sent, ['add a', 'add b,c']);
    await clock.run(writer.write(change('d')));
    assert.equal(sent.at(-1), 'add d');
  });

  it('are not mixed with those of another kind', async () => {
    const { clock, sent, send } = sender();
    const writer = new PolicyWriter(send, never);
    const changes = [change('a'), change('b', 'remove'), change('c'), change('d', 'remove')];
    await clock.run(Promise.all(changes.map((each) => writer.write(each))));
    assert.deepEqual(sent, ['add a', 'remove b,d', 'add c']);
  });

  it('hold no more than fifty entries', async () => {
    const { clock, sent, send } = sender();
    const writer = new PolicyWriter(send, never);
    await clock.run(Promise.all(Array.from({ length: 121 }, (_none, index) => writer.write(change(String(index))))));
    assert.deepEqual(
      sent.map((each) => each.split(',').length),
      [1, 50, 50, 20],
    );
  });

  it('fail for the entry that the vault refuses, and for no other', async () => {
    const { clock, sent, send } = sender(['c']);
    const writer = new PolicyWriter(send, never);
    const ends = await clock.run(Promise.allSettled(['a', 'b', 'c', 'd'].map((id) => writer.write(change(id)))));
    assert.deepEqual(
      ends.map((end) => (end.status === 'rejected' ? String(end.reason) : end.status)),
      ['fulfilled', 'fulfilled', 'Error: refused c', 'fulfilled'],
    );
    assert.deepEqual(sent, ['add a', 'add b,c,d', 'add b', 'add c', 'add d']);
  });

  it('end with the one that is under way when the run is stopped', async () => {
    const { clock, sent, send } = sender();
    const stop = new AbortController();
    const writer = new PolicyWriter(send, stop.signal);
    const writes = ['a', 'b', 'c'].map((id) => writer.write(change(id)));
    await new Promise(setImmediate);
    stop.abort(new Error('stopped'));
    const ends = await clock.run(Promise.allSettled(writes));
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    );
    assert.deepEqual(sent, ['add a']);
  });
});
