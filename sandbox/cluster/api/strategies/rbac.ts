/** Roles and bindings: nobody may grant more than they have (privilege escalation prevention). */
import { authorize, type Core, type WriteContext } from '../core.ts';
import { forbidden, notFound } from '../errors.ts';
import type { FieldErrors } from '../field-errors.ts';
import { fillIn, isRecord, recordAt, recordsAt, same, stringAt, stringsAt, type Draft } from '../json.ts';
import { rulesOf, type Rule } from '../rbac.ts';
import type { ResourceInfo } from '../resources.ts';
import type { StrategyParts } from './strategy.ts';

const GROUP = 'rbac.authorization.k8s.io';

export function rbacStrategies(core: Core, info: ResourceInfo): Readonly<Record<string, StrategyParts>> {
  const role: StrategyParts = {
    countsGenerations: false,
    defaults: (draft) => {
      if (!Array.isArray(draft['rules'])) draft['rules'] = draft['rules'] ?? null;
    },
    validate: (draft, errors, context) => {
      validateRules(draft, errors);
      if (errors.causes.length === 0)
        confirmNoEscalation(core, { info, draft, rules: rulesOf(draft), verb: 'escalate' }, context);
    },
  };
  const binding: StrategyParts = {
    countsGenerations: false,
    defaults: (draft) => {
      for (const subject of recordsAt(draft, 'subjects')) {
        if (subject['kind'] !== 'ServiceAccount') fillIn(subject, { apiGroup: GROUP });
      }
      if (isRecord(draft['roleRef'])) fillIn(draft['roleRef'], { apiGroup: GROUP });
    },
    validate: (draft, errors, context) => {
      validateBinding(draft, errors);
      if (errors.causes.length === 0) confirmBinding(core, info, draft, context);
    },
    validateUpdate: (draft, current, errors) => {
      const before = recordAt(current, 'roleRef');
      const after = recordAt(draft, 'roleRef');
      if (!same(before, after)) errors.invalid('roleRef', after, 'cannot change roleRef');
    },
  };
  return {
    [`roles.${GROUP}`]: role,
    [`clusterroles.${GROUP}`]: role,
    [`rolebindings.${GROUP}`]: binding,
    [`clusterrolebindings.${GROUP}`]: binding,
  };
}

function validateRules(draft: Draft, errors: FieldErrors): void {
  for (const [index, rule] of recordsAt(draft, 'rules').entries()) {
    const field = `rules[${index}]`;
    if (stringsAt(rule, 'verbs').length === 0)
      errors.required(`${field}.verbs`, 'verbs must contain at least one value');
    if (stringsAt(rule, 'nonResourceURLs').length > 0) {
      if (draft.kind === 'Role')
        errors.invalid(
          `${field}.nonResourceURLs`,
          rule['nonResourceURLs'],
          'namespaced rules cannot apply to non-resource URLs',
        );
      continue;
    }
    if (stringsAt(rule, 'apiGroups').length === 0)
      errors.required(`${field}.apiGroups`, 'resource rules must supply at least one api group');
    if (stringsAt(rule, 'resources').length === 0)
      errors.required(`${field}.resources`, 'resource rules must supply at least one resource');
  }
}

function validateBinding(draft: Draft, errors: FieldErrors): void {
  const role = recordAt(draft, 'roleRef');
  if (stringAt(role, 'apiGroup') !== GROUP) errors.notSupported('roleRef.apiGroup', role['apiGroup'], [GROUP]);
  const kinds = draft.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['Role', 'ClusterRole'];
  if (!kinds.includes(stringAt(role, 'kind'))) errors.notSupported('roleRef.kind', role['kind'], kinds);
  if (stringAt(role, 'name') === '') errors.required('roleRef.name');
  for (const [index, subject] of recordsAt(draft, 'subjects').entries()) {
    const field = `subjects[${index}]`;
    if (stringAt(subject, 'name') === '') errors.required(`${field}.name`);
    if (subject['kind'] === 'ServiceAccount') {
      if (stringAt(subject, 'namespace') === '') errors.required(`${field}.namespace`);
    } else if (!['User', 'Group'].includes(stringAt(subject, 'kind'))) {
      errors.notSupported(`${field}.kind`, subject['kind'], ['ServiceAccount', 'User', 'Group']);
    }
  }
}

/** Who binds a role must have all its rights, or the verb `bind` on it. */
function confirmBinding(core: Core, info: ResourceInfo, draft: Draft, context: WriteContext): void {
  const roleRef = recordAt(draft, 'roleRef');
  const namespace = info.namespaced ? String(draft.metadata['namespace']) : undefined;
  const roleInfo = roleResource(core, roleRef);
  if (
    !roleInfo ||
    mayAnyway(core, context, { verb: 'bind', info: roleInfo, namespace, name: stringAt(roleRef, 'name') })
  )
    return;
  const rules = core.authorizer.rulesOfRole(roleRef, namespace);
  if (!rules) throw notFound(roleInfo, stringAt(roleRef, 'name'));
  confirmCovered(core, { info, draft, rules, namespace }, context);
}

function roleResource(core: Core, roleRef: Record<string, unknown>): ResourceInfo | undefined {
  return core.registry.find(GROUP, 'v1', stringAt(roleRef, 'kind') === 'Role' ? 'roles' : 'clusterroles');
}

interface Grant {
  readonly info: ResourceInfo;
  readonly draft: Draft;
  readonly rules: readonly Rule[];
}

function confirmNoEscalation(core: Core, grant: Grant & { readonly verb: 'escalate' }, context: WriteContext): void {
  const { info, draft } = grant;
  const namespace = info.namespaced ? String(draft.metadata['namespace']) : undefined;
  if (mayAnyway(core, context, { verb: grant.verb, info, namespace, name: String(draft.metadata['name']) })) return;
  const existing = core.store.get(`${info.plural}.${GROUP}`, namespace, String(draft.metadata['name']));
  if (existing && same(existing['rules'], draft['rules'])) return;
  confirmCovered(core, { ...grant, namespace }, context);
}

interface Ask {
  readonly verb: string;
  readonly info: ResourceInfo;
  readonly namespace: string | undefined;
  readonly name: string;
}

function mayAnyway(core: Core, context: WriteContext, { verb, info, namespace, name }: Ask): boolean {
  try {
    authorize(core, context.user, verb, { info, namespace, name });
    return true;
  } catch {
    return false;
  }
}

function confirmCovered(
  core: Core,
  grant: Grant & { readonly namespace: string | undefined },
  context: WriteContext,
): void {
  const { info, draft, rules, namespace } = grant;
  const { user } = context;
  const held = core.authorizer.rulesFor(user, namespace);
  const missing = rules.flatMap(singleRights).filter((right) => !held.some((rule) => covers(rule, right)));
  if (missing.length === 0) return;
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ');
  const list = [...new Set(missing.map(printRule))].join('\n');
  throw forbidden(
    info,
    String(draft.metadata['name']),
    `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${list}`,
  );
}

/** One verb on one resource of one group: what coverage is decided for. */
function singleRights(rule: Rule): Rule[] {
  const of = (values: readonly string[]): readonly string[] => (values.length === 0 ? [''] : values);
  const names = of(rule.resourceNames);
  return rule.verbs.flatMap((verb) => [
    ...rule.nonResourceURLs.map((url) => ({ ...nothing, verbs: [verb], nonResourceURLs: [url] })),
    ...rule.apiGroups.flatMap((group) =>
      rule.resources.flatMap((resource) =>
        names.map((name) => ({
          ...nothing,
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          resourceNames: name === '' ? [] : [name],
        })),
      ),
    ),
  ]);
}

const nothing: Rule = { verbs: [], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };

function covers(held: Rule, right: Rule): boolean {
  const every = (have: readonly string[], want: readonly string[]): boolean =>
    want.every((item) => have.includes('*') || have.includes(item));
  if (!every(held.verbs, right.verbs)) return false;
  if (right.nonResourceURLs.length > 0)
    return right.nonResourceURLs.every((url) => held.nonResourceURLs.some((own) => urlCovers(own, url)));
  const named =
    held.resourceNames.length === 0 ||
    (right.resourceNames.length > 0 && every(held.resourceNames, right.resourceNames));
  return (
    named &&
    every(held.apiGroups, right.apiGroups) &&
    right.resources.every((resource) => resourceCovers(held.resources, resource))
  );
}

function urlCovers(own: string, url: string): boolean {
  return own === '*' || own === url || (own.endsWith('*') && url.startsWith(own.slice(0, -1)));
}

function resourceCovers(held: readonly string[], resource: string): boolean {
  const subresource = resource.split('/')[1];
  return (
    held.includes('*') || held.includes(resource) || (subresource !== undefined && held.includes(`*/${subresource}`))
  );
}

function printRule(rule: Rule): string {
  const list = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
  if (rule.nonResourceURLs.length > 0)
    return `{NonResourceURLs:${list(rule.nonResourceURLs)}, Verbs:${list(rule.verbs)}}`;
  const names = rule.resourceNames.length > 0 ? `, ResourceNames:${list(rule.resourceNames)}` : '';
  return `{APIGroups:${list(rule.apiGroups)}, Resources:${list(rule.resources)}${names}, Verbs:${list(rule.verbs)}}`;
}
