/** Resources of one type, as paths name them. */
import { resourceTypes, sameText, type ResourceKind } from '../state/resource-id.ts';
import type { Resource, ResourceGroup } from '../state/world.ts';
import { armErrors } from './errors.ts';
import { param, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';

/** @throws ArmRefusal 404 */
export function findResource<Found extends Resource>(call: Call, kind: ResourceKind, all: readonly Found[]): Found {
  const [group, name] = [param(call, 'group'), param(call, 'name')];
  const found = listed(call, all).find((resource) => sameText(resource.name, name));
  if (!found) throw armErrors.resourceNotFound(`${resourceTypes[kind]}/${name}`, group);
  return found;
}

/** The path's resource group. @throws ArmRefusal 404 */
export function findGroup(call: Call): ResourceGroup {
  const [subscription, name] = [param(call, 'subscription'), param(call, 'group')];
  const found = call.world.groups.find(
    (group) => sameText(group.subscriptionId, subscription) && sameText(group.name, name),
  );
  if (!found) throw armErrors.groupNotFound(name);
  return found;
}

/** Those of the path's subscription and, where it names one, resource group. */
export function listed<Found extends Resource>(call: Call, all: readonly Found[]): readonly Found[] {
  const { subscription = '', group } = call.params;
  return all.filter(
    (resource) =>
      sameText(resource.subscriptionId, subscription) &&
      (group === undefined || sameText(resource.resourceGroup, group)),
  );
}

/** GET of one resource, of a resource group's and of a subscription's: the same three routes for every type. */
export function readRoutes<Found extends Resource>(
  kind: ResourceKind,
  versions: Route['versions'],
  all: (call: Call) => readonly Found[],
  body: (resource: Found, call: Call) => object,
): readonly Route[] {
  const common = { method: 'GET', versions, action: `${resourceTypes[kind]}/read` } as const;
  const type = `providers/${resourceTypes[kind]}`;
  const written = (call: Call, found: Found): object =>
    kind === 'scaleSet' ? body(found, call) : shapedFor(call, kind, body(found, call));
  const list = (call: Call): { status: number; body: object } => ({
    status: 200,
    body: { value: listed(call, all(call)).map((found) => written(call, found)) },
  });
  // The service decides about lists one level higher, and says so in its refusals.
  const scope = (_params: unknown, path: string): string => path.slice(0, path.lastIndexOf('/'));
  return [
    {
      ...common,
      pattern: `/subscriptions/{subscription}/resourceGroups/{group}/${type}/{name}`,
      handle: (call) => ({ status: 200, body: written(call, findResource(call, kind, all(call))) }),
    },
    { ...common, scope, pattern: `/subscriptions/{subscription}/resourceGroups/{group}/${type}`, handle: list },
    { ...common, scope, pattern: `/subscriptions/{subscription}/${type}`, handle: list },
  ];
}
