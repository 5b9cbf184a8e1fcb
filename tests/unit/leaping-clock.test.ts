import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { leapingClock } from '../support/leaping-clock.ts';

describe('the clock that leaps', () => {
  it('lets the longest pause pass in a moment, and the shorter ones before it', async () => {
    const clock = leapingClock(() => 0);
    const order: string[] = [];
    const pause = async (name: string, milliseconds: number): Promise<void> => {
      await clock.sleep(milliseconds);
      order.push(`${name} at ${String(clock.now())}`);
    };
    await Promise.all([pause('hour', 3_600_000), pause('minute', 60_000), pause('second', 1000)]);
    assert.deepEqual(order, ['second at 1000', 'minute at 60000', 'hour at 3600000']);
  });

  it('stands still while anything happens', async () => {
    let events = 0;
    const clock = leapingClock(() => (events += 1));
    const stop = new AbortController();
    const slept = assert.rejects(clock.sleep(1, stop.signal), /enough/);
    await delay(60);
    assert.equal(clock.now(), 0);
    stop.abort(new Error('enough'));
    await slept;
  });
});
