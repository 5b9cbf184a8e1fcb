/** Placeholders of the tables: filled in before az runs, put back into what it answered. */
import type { Sandbox } from '../../sandbox/sandbox.ts';

export type Values = ReadonlyMap<string, string>;

/** Everything in the scenario that has an id; `extra` comes on top. */
export function placeholderValues({ scenario }: Sandbox, extra: Readonly<Record<string, string>>): Values {
  const values = new Map(Object.entries(extra));
  const [production, playground] = scenario.subscriptions;
  values.set('subscription', production?.id ?? '');
  values.set('playground', playground?.id ?? '');
  values.set('tenant', scenario.tenants[0]?.id ?? '');
  for (const { name, clientId, objectId, secret } of scenario.tenants.flatMap(({ applications }) => applications)) {
    values.set(`client:${name}`, clientId);
    values.set(`object:${name}`, objectId);
    values.set(`secret:${name}`, secret);
  }
  const groups = scenario.subscriptions.flatMap(({ resourceGroups }) => resourceGroups);
  for (const { name, clientId, principalId } of groups.flatMap(({ identities }) => identities)) {
    values.set(`client:${name}`, clientId);
    values.set(`object:${name}`, principalId);
  }
  return values;
}

/** @throws Error for a placeholder that looks like one and is none */
export function filledIn(text: string, values: Values): string {
  return text.replaceAll(/\{([a-z]+(?::[\w-]+)?)\}/g, (whole, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`There is no value for ${whole}.`);
    return value;
  });
}

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** The other way round: known values become their placeholders, and every other GUID `{guid}`. */
export function namedAgain(text: string, values: Values): string {
  let named = text;
  // Longest first: a folder's name may stand at the beginning of a file's.
  const known = [...values]
    .filter(([, value]) => value.length > 8)
    .sort(([, left], [, right]) => right.length - left.length);
  for (const [name, value] of known) named = named.replaceAll(value, `{${name}}`);
  return named.replaceAll(guid, '{guid}');
}
