/** `$filter` of service principals, as far as az and Microsoft's documentation of `az role` use it. */
import type { Principal } from '../state/principals.ts';
import { sameText } from '../state/resource-id.ts';

const forms: readonly {
  readonly form: RegExp;
  readonly matches: (principal: Principal, value: string) => boolean;
}[] = [
  {
    form: /^servicePrincipalNames\/any\((\w+):\s*\1 eq '(?<value>(?:[^']|'')*)'\)$/i,
    matches: (principal, value) => namesOf(principal).some((name) => sameText(name, value)),
  },
  { form: /^appId eq '(?<value>(?:[^']|'')*)'$/i, matches: ({ clientId }, value) => sameText(clientId, value) },
  { form: /^id eq '(?<value>(?:[^']|'')*)'$/i, matches: ({ objectId }, value) => sameText(objectId, value) },
  { form: /^displayName eq '(?<value>(?:[^']|'')*)'$/i, matches: ({ name }, value) => sameText(name, value) },
  {
    form: /^startswith\(displayName,\s*'(?<value>(?:[^']|'')*)'\)$/i,
    matches: ({ name }, value) => name.toLowerCase().startsWith(value.toLowerCase()),
  },
];

/** Undefined for a filter that the sandbox does not know. */
export function principalFilter(filter: string | null): ((principal: Principal) => boolean) | undefined {
  if (filter === null) return () => true;
  for (const { form, matches } of forms) {
    const value = form.exec(filter.trim())?.groups?.['value'];
    if (value !== undefined) return (principal) => matches(principal, value.replaceAll("''", "'"));
  }
  return undefined;
}

/** The names by which a service principal may be asked for. */
export function namesOf({ clientId }: Principal): readonly string[] {
  return [clientId];
}
