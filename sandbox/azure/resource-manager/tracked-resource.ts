/** What ARM asks of every resource that is written: a location that never changes, and tags. */
import { sameText } from '../state/resource-id.ts';
import type { Resource, Tags } from '../state/world.ts';
import { armErrors } from './errors.ts';
import { ArmRefusal } from './refusal.ts';
import type { Call } from './route.ts';

interface Tracked {
  readonly location?: unknown;
  readonly tags?: unknown;
}

/** Undefined where the body says nothing of tags. @throws ArmRefusal 400 */
export function readTags(body: unknown): Tags | undefined {
  const { tags } = (body ?? {}) as Tracked;
  if (tags === undefined || tags === null) return undefined;
  const values = typeof tags === 'object' && !Array.isArray(tags) ? Object.values(tags) : [undefined];
  if (!values.every((value) => typeof value === 'string')) {
    throw armErrors.invalidBody('The request content was invalid: tags must be an object of texts.');
  }
  return tags as Tags;
}

/** Regions are compared without blanks and letter case, as ARM does. @throws ArmRefusal 400, 409 */
export function requireLocation(call: Call, existing: Resource | undefined): string {
  const { location } = (call.body ?? {}) as Tracked;
  if (typeof location !== 'string' || location === '') {
    throw new ArmRefusal(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const region = location.replaceAll(' ', '').toLowerCase();
  if (existing && !sameText(existing.location, region)) {
    throw new ArmRefusal(
      409,
      'InvalidResourceLocation',
      `The resource '${existing.name}' already exists in location '${existing.location}' in resource group '${existing.resourceGroup}'. A resource with the same name cannot be created in location '${region}'. Please select a new resource name.`,
    );
  }
  return region;
}
