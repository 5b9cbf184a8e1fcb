/** A slice of `npm run fuzz`. A failing case is run again as its message says. */
import assert from 'node:assert/strict';
import type { Property } from '../../../scripts/fuzz/campaign.ts';
import { runCase } from '../../../scripts/fuzz/campaign.ts';
import { inputProperty } from '../../../scripts/fuzz/inputs/property.ts';
import type { Place } from '../../../scripts/fuzz/place.ts';
import { openPlace } from '../../../scripts/fuzz/place.ts';
import { responseProperty } from '../../../scripts/fuzz/responses/property.ts';

/** That of `npm run fuzz` where nobody gives another. */
const seed = 20_261_125;

describe('tasks that are given anything', function () {
  this.timeout(300_000);
  let place: Place;
  before(async () => {
    place = await openPlace();
  });
  after(async () => {
    await place.sandbox.stop();
  });

  async function assertHolds<Case>(property: Property<Case>, cases: number): Promise<void> {
    const failures: string[] = [];
    for (let number = 0; number < cases; number += 1) {
      const failure = await runCase(property, seed, number);
      if (failure)
        failures.push(`--kind ${property.name} --case ${String(number)}: ${failure.shown}: ${failure.problems}`);
    }
    assert.deepEqual(failures, []);
  }

  it('refuse inputs by their names and ask for nothing, or do what the inputs say', async () => {
    await assertHolds(inputProperty(place), 300);
  });

  it('end as wanted or with an error that names the request, whatever a server answers', async () => {
    await assertHolds(await responseProperty(place), 100);
  });
});
