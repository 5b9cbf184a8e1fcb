/** From when on an application's federated credentials are known to Entra. */
import type { Clock } from '../kit/clock.ts';
import type { DelaySpec } from '../kit/delays.ts';
import type { ApplicationSpec } from '../scenario/types.ts';

interface Federation {
  readonly applications: readonly ApplicationSpec[];
  readonly delays: readonly DelaySpec[];
  readonly now: Clock;
}

/** Counts from this call. @throws Error for an application that does not exist */
export function federationOf({ applications, delays, now }: Federation): (application: ApplicationSpec) => boolean {
  const started = now();
  const late = delays.flatMap((delay) => (delay.of === 'federatedCredential' ? [delay] : []));
  for (const { application } of late) {
    if (application !== undefined && !applications.some((each) => isNamed(each, application)))
      throw new Error(`There is no application "${application}" (delays).`);
  }
  return (application) =>
    late
      .filter((delay) => delay.application === undefined || isNamed(application, delay.application))
      .every(({ seconds }) => now() >= started + seconds * 1000);
}

function isNamed({ name, clientId, objectId }: ApplicationSpec, written: string): boolean {
  return [name, clientId, objectId].some((each) => each.toLowerCase() === written.toLowerCase());
}
