import assert from 'node:assert/strict';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import type { RunEvent } from '../../../src/engine/events.ts';
import type { Goal, GoalOptions } from '../../../src/engine/goal.ts';
import { goal } from '../../../src/engine/goal.ts';
import { resourceKey } from '../../../src/engine/resource.ts';
import type { Settlement, Wait } from '../../../src/engine/settle.ts';
import type { Intent, WalkResult } from '../../../src/engine/walk.ts';
import { walk } from '../../../src/engine/walk.ts';
import { startBudget } from '../../../src/runtime/budget.ts';
import { fastClock } from '../../support/clock.ts';
import { Things } from './things.ts';

function setUp(): {
  things: Things;
  events: RunEvent[];
  want: (name: string, size?: number, options?: GoalOptions) => Goal;
  run: (intent: Partial<Intent>, signal?: AbortSignal) => Promise<WalkResult>;
} {
  const things = new Things();
  const events: RunEvent[] = [];
  const clock = fastClock();
  return {
    things,
    events,
    want: (name, size = 1, options = {}) => goal(things.handler, { name, size }, options),
    run: (intent, signal = new AbortController().signal) =>
      walk(
        { mode: 'apply', goals: [], waits: [], outputs: {}, ...intent },
        { clock, budget: startBudget(clock, 60_000), observer: (event) => events.push(event), signal },
      ),
  };
}

const key = (name: string): ReturnType<typeof resourceKey> => resourceKey('thing', name);

describe('walk', () => {
  it('makes what is missing, changes what differs and leaves the rest', async () => {
    const { things, want, run } = setUp();
    things.there.set('same', 1);
    things.there.set('other', 5);
    const result = await run({ goals: [want('new'), want('same'), want('other', 2)] });
    assert.deepEqual(things.writes, ['create new', 'update other']);
    assert.equal(result.changeCount, 2);
    assert.deepEqual(
      result.outcomes.map(({ result: each }) => each),
      ['done', 'unchanged', 'done'],
    );
  });

  it('writes nothing on the second run', async () => {
    const { things, want, run } = setUp();
    await run({ goals: [want('a'), want('b')] });
    things.writes.length = 0;
    const result = await run({ goals: [want('a'), want('b')] });
    assert.deepEqual(things.writes, []);
    assert.equal(result.changeCount, 0);
  });

  it('writes nothing in preview and counts what it would', async () => {
    const { things, want, run } = setUp();
    const result = await run({ mode: 'preview', goals: [want('a'), want('b')] });
    assert.deepEqual(things.writes, []);
    assert.equal(result.changeCount, 2);
  });

  it('stops before the first write when one change is blocked', async () => {
    const { things, want, run } = setUp();
    things.blocked.add('b');
    await assert.rejects(
      run({ goals: [want('a'), want('b')] }),
      (error: DiagnosticError) => error.diagnostic.code === 'AZR004',
    );
    assert.deepEqual(things.writes, []);
  });

  it('writes what others need first', async () => {
    const { things, want, run } = setUp();
    await run({
      goals: [want('roof', 1, { after: [key('wall')] }), want('wall', 1, { after: [key('ground')] }), want('ground')],
    });
    assert.deepEqual(things.writes, ['create ground', 'create wall', 'create roof']);
  });

  it('deletes in the opposite order', async () => {
    const { things, want, run } = setUp();
    for (const name of ['ground', 'wall', 'roof']) things.there.set(name, 1);
    const wanted = 'absent';
    await run({
      mode: 'remove',
      goals: [
        want('ground', 1, { wanted }),
        want('wall', 1, { wanted, after: [key('ground')] }),
        want('roof', 1, { wanted, after: [key('wall')] }),
      ],
    });
    assert.deepEqual(things.writes, ['delete roof', 'delete wall', 'delete ground']);
  });

  it('skips what needs a failed change, does the rest, and deletes nothing', async () => {
    const { things, events, want, run } = setUp();
    things.failing.add('wall');
    things.there.set('ruin', 1);
    const goals = [
      want('wall'),
      want('roof', 1, { after: [key('wall')] }),
      want('tree'),
      want('ruin', 1, { wanted: 'absent' }),
    ];
    await assert.rejects(run({ goals }), (error: DiagnosticError) => error.diagnostic.message === 'wall failed.');
    assert.deepEqual(things.writes, ['create wall', 'create tree']);
    const results = events.flatMap((event) =>
      event.type === 'outcome' ? [`${event.outcome.title} ${event.outcome.result}`] : [],
    );
    assert.deepEqual(results.sort(), ['roof skipped', 'ruin skipped', 'tree done', 'wall failed']);
  });

  it('begins no write after it was asked to stop', async () => {
    const { things, want, run } = setUp();
    const controller = new AbortController();
    controller.abort(new Error('stop'));
    await assert.rejects(
      run({ goals: [want('a')] }, controller.signal),
      (error: DiagnosticError) => error.diagnostic.code === 'RUN002',
    );
    assert.deepEqual(things.writes, []);
  });

  it('hands out the outputs of intent and proof', async () => {
    const { run } = setUp();
    const result = await run({
      outputs: { a: '1' },
      prove: () => Promise.resolve({ checks: [], outputs: { b: '2' } }),
    });
    assert.deepEqual(result.outputs, { a: '1', b: '2' });
  });
});

function waitFor(measurements: readonly Settlement[]): Wait {
  let index = 0;
  const code = 'AZR003';
  return {
    what: 'pods to be ready',
    measure: () => Promise.resolve(measurements[Math.min(index++, measurements.length - 1)]!),
    timedOut: (measured) =>
      new DiagnosticError(code, { message: `Not ready: ${measured}.`, cause: 'Who knows.' }).diagnostic,
  };
}

describe('settle', () => {
  const waiting = (measured: string): Settlement => ({ state: 'waiting', measured });

  it('says what it sees only when that changed', async () => {
    const { events, run } = setUp();
    const wait = waitFor([
      waiting('0 of 2'),
      waiting('0 of 2'),
      waiting('1 of 2'),
      { state: 'settled', measured: '2 of 2' },
    ]);
    await run({ waits: [wait] });
    const said = events.flatMap((event) =>
      event.type === 'waiting' || event.type === 'settled' ? [event.measured] : [],
    );
    assert.deepEqual(said, ['0 of 2', '1 of 2', '2 of 2']);
  });

  it('ends early when it is hopeless', async () => {
    const { run } = setUp();
    const hopeless = new DiagnosticError('AKS004', { message: 'It crashes.' }).diagnostic;
    await assert.rejects(
      run({ waits: [waitFor([waiting('0'), { state: 'hopeless', diagnostic: hopeless }])] }),
      /It crashes/,
    );
  });

  it('ends with the budget and says what it saw last', async () => {
    const { run } = setUp();
    await assert.rejects(run({ waits: [waitFor([waiting('1 of 2')])] }), (error: DiagnosticError) => {
      assert.match(error.diagnostic.cause, /budget of 60 s.*last seen: 1 of 2\. Who knows\./);
      return true;
    });
  });
});
