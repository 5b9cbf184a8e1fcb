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
    const wanted = wantedType(call.query.get('$filter'));
    const { objectId } = call.caller;
    const found = Object.entries(resourcesByType(call.world))
      .filter(([type]) => wanted === undefined || sameText(type, wanted))
      .flatMap(([type, all]) =>
        listed(call, all)
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

function wantedType(filter: string | null): string | undefined {
  if (filter === null) return undefined;
  const type = /^\s*resourceType eq '([^']+)'\s*$/i.exec(filter)?.[1];
  if (type === undefined) {
    throw new ArmRefusal(
      400,
      'InvalidFilterInQueryString',
      `Invalid $filter '${filter}' specified in the query string.`,
    );
  }
  return type;
}
