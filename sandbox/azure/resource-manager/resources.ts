/** The list of a subscription's resources, by type. */
import { isAllowed } from '../authorization/decide.ts';
import { resourceTypes, sameText } from '../state/resource-id.ts';
import type { Resource, World } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, type Route } from './route.ts';
import { listed } from './lookup.ts';

export const resourceRoutes: readonly Route[] = [
  '/subscriptions/{subscription}',
  '/subscriptions/{subscription}/resourceGroups/{group}',
].map((place) => ({
  method: 'GET',
  pattern: `${place}/resources`,
  versions: versions.resources,
  // Not refused but narrowed to what the caller may read.
  handle: (call) => {
    const isWanted = resourceFilter(call.query.get('$filter'));
    const { objectId } = call.caller;
    const found = Object.entries(resourcesByType(call.world)).flatMap(([type, all]) =>
      listed(call, all)
        .filter(({ name }) => isWanted({ resourceType: type, name }))
        .filter(({ id }) => isAllowed(call.world, { objectId, action: `${type}/read`, scope: id }))
        .map(({ id, name, location }) => ({ id, name, type, location })),
    );
    return ok({ value: found });
  },
}));

function resourcesByType({ clusters, identities, vaults, scaleSets }: World): Record<string, readonly Resource[]> {
  return {
    [resourceTypes.cluster]: clusters,
    [resourceTypes.identity]: identities,
    [resourceTypes.vault]: vaults.all(),
    [resourceTypes.scaleSet]: scaleSets,
  };
}

const term = /^(?<field>resourceType|name) eq '(?<value>[^']+)'$/i;

/** `resourceType eq '...'`, `name eq '...'`, and both with `and`. @throws ArmRefusal 400 */
function resourceFilter(
  filter: string | null,
): (resource: { readonly resourceType: string; readonly name: string }) => boolean {
  const terms = (filter ?? '').split(/\s+and\s+/i).map((text) => text.trim());
  const wanted = terms
    .filter((text) => text !== '')
    .map((text) => {
      const { field, value = '' } = term.exec(text)?.groups ?? {};
      if (field !== undefined) return { field: field.toLowerCase(), value };
      throw new ArmRefusal(
        400,
        'InvalidFilterInQueryString',
        `Invalid $filter '${filter ?? ''}' specified in the query string.`,
      );
    });
  return ({ resourceType, name }) =>
    wanted.every(({ field, value }) => sameText(value, field === 'name' ? name : resourceType));
}
