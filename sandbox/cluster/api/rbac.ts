/** The RBAC authorizer: who may do what, from the roles and bindings in the store. */
import type { KubeObject } from '../../contracts.ts';
import { at, recordAt, recordsAt, stringAt, stringsAt, type Json } from './json.ts';
import type { Store } from './store.ts';

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface ResourceRequest {
  readonly verb: string;
  readonly group: string;
  /** Plural; a subresource stands apart. */
  readonly resource: string;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

export interface PathRequest {
  readonly verb: string;
  readonly path: string;
}

export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** An authorizer that is asked where RBAC does not allow: it only adds. */
export type Beyond = (user: User, request: ResourceRequest | PathRequest) => boolean;

const GROUP = 'rbac.authorization.k8s.io';

export class Authorizer {
  readonly #store: Store;
  readonly #enabled: boolean;
  readonly #beyond: Beyond | undefined;

  /** A cluster without RBAC allows everything (authorization mode AlwaysAllow, as AKS clusters made without RBAC). */
  constructor(store: Store, enabled: boolean, beyond?: Beyond) {
    this.#store = store;
    this.#enabled = enabled;
    this.#beyond = beyond;
  }

  allows(user: User, request: ResourceRequest | PathRequest): boolean {
    if (!this.#enabled || user.groups.includes('system:masters')) return true;
    const test =
      'path' in request ? (rule: Rule) => pathMatches(rule, request) : (rule: Rule) => resourceMatches(rule, request);
    const namespace = 'path' in request ? undefined : request.namespace;
    return this.rulesFor(user, namespace).some(test) || (this.#beyond?.(user, request) ?? false);
  }

  /** All rules that hold for a user: cluster-wide ones, and those of one namespace. */
  rulesFor(user: User, namespace: string | undefined): Rule[] {
    const wide = this.#bindings('clusterrolebindings').filter((binding) => binds(binding, user));
    const narrow = namespace ? this.#bindings('rolebindings', namespace).filter((binding) => binds(binding, user)) : [];
    return [...wide, ...narrow].flatMap(
      (binding) => this.rulesOfRole(recordAt(binding, 'roleRef'), binding.metadata.namespace) ?? [],
    );
  }

  /** The rules of a role; undefined where there is no such role. */
  rulesOfRole(roleRef: Json, namespace: string | undefined): Rule[] | undefined {
    const name = stringAt(roleRef, 'name');
    const role =
      stringAt(roleRef, 'kind') === 'Role'
        ? this.#store.get(`roles.${GROUP}`, namespace, name)
        : this.#store.get(`clusterroles.${GROUP}`, undefined, name);
    return role === undefined ? undefined : rulesOf(role);
  }

  #bindings(plural: string, namespace?: string): KubeObject[] {
    return this.#store.list(`${plural}.${GROUP}`, namespace);
  }
}

export function rulesOf(role: unknown): Rule[] {
  return recordsAt(role, 'rules').map((rule) => ({
    verbs: stringsAt(rule, 'verbs'),
    apiGroups: stringsAt(rule, 'apiGroups'),
    resources: stringsAt(rule, 'resources'),
    resourceNames: stringsAt(rule, 'resourceNames'),
    nonResourceURLs: stringsAt(rule, 'nonResourceURLs'),
  }));
}

function binds(binding: KubeObject, user: User): boolean {
  return recordsAt(binding, 'subjects').some((subject) => {
    const name = stringAt(subject, 'name');
    switch (subject['kind']) {
      case 'User':
        return name === user.name;
      case 'Group':
        return user.groups.includes(name);
      case 'ServiceAccount': {
        const namespace =
          at(subject, 'namespace') === undefined ? binding.metadata.namespace : stringAt(subject, 'namespace');
        return user.name === `system:serviceaccount:${namespace ?? ''}:${name}`;
      }
      default:
        return false;
    }
  });
}

export function resourceMatches(rule: Rule, request: ResourceRequest): boolean {
  return (
    has(rule.verbs, request.verb) &&
    has(rule.apiGroups, request.group) &&
    namesResource(rule.resources, request) &&
    (rule.resourceNames.length === 0 || (request.name !== undefined && rule.resourceNames.includes(request.name)))
  );
}

function namesResource(resources: readonly string[], request: ResourceRequest): boolean {
  const { resource, subresource } = request;
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  return has(resources, full) || (subresource !== undefined && resources.includes(`*/${subresource}`));
}

function pathMatches(rule: Rule, request: PathRequest): boolean {
  return (
    has(rule.verbs, request.verb) &&
    rule.nonResourceURLs.some(
      (url) => url === '*' || url === request.path || (url.endsWith('*') && request.path.startsWith(url.slice(0, -1))),
    )
  );
}

function has(list: readonly string[], wanted: string): boolean {
  return list.includes('*') || list.includes(wanted);
}

/** The tail of the server's Forbidden message. */
export function refusalText(user: User, request: ResourceRequest | PathRequest): string {
  if ('path' in request)
    return `User ${JSON.stringify(user.name)} cannot ${request.verb} path ${JSON.stringify(request.path)}`;
  const resource = request.subresource === undefined ? request.resource : `${request.resource}/${request.subresource}`;
  const scope = request.namespace ? `in the namespace ${JSON.stringify(request.namespace)}` : 'at the cluster scope';
  return `User ${JSON.stringify(user.name)} cannot ${request.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(request.group)} ${scope}`;
}
