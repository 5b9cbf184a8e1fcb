/**
 * A process that runs cases for `scripts/fuzz.ts`, one after the other. It is told which ones, tells of every failure
 * and how many passed, and ends.
 */
import process from 'node:process';
import type { Failure, Property } from './campaign.ts';
import { runCase } from './campaign.ts';
import { inputProperty } from './inputs/property.ts';
import { openPlace } from './place.ts';
import { responseProperty } from './responses/property.ts';

export interface Work {
  readonly seed: number;
  /** Numbers of the cases. */
  readonly inputs: readonly number[];
  readonly responses: readonly number[];
}

export type Told = { readonly passed: number } | { readonly failure: Failure };

process.on('message', (work: Work) => void run(work));

async function run({ seed, inputs, responses }: Work): Promise<void> {
  const place = await openPlace();
  await runAll(inputProperty(place), inputs, seed);
  if (responses.length > 0) await runAll(await responseProperty(place), responses, seed);
  await place.sandbox.stop();
  process.disconnect();
}

async function runAll<Case>(property: Property<Case>, numbers: readonly number[], seed: number): Promise<void> {
  let passed = 0;
  const tell = (told: Told): void => void process.send?.(told);
  for (const number of numbers) {
    const failure = await runCase(property, seed, number);
    if (failure) tell({ failure });
    else passed += 1;
  }
  tell({ passed });
}
