/** What every operation of the API server works with. */
import { forbidden } from './errors.ts';
import { Authorizer, refusalText, type ResourceRequest, type User } from './rbac.ts';
import type { AzureRbac } from './azure-rbac.ts';
import { Registry } from './registry.ts';
import type { ResourceInfo } from './resources.ts';
import { Store } from './store.ts';

export interface ApiOptions {
  /** `1.33.5`, with or without `v`. */
  readonly kubernetesVersion: string;
  readonly enableRbac?: boolean;
  /** Azure RBAC, where the cluster asks it. */
  readonly beyondRbac?: AzureRbac | undefined;
  readonly now?: () => Date;
  /** Changes that watches can go back to; small in tests of 410 Expired. */
  readonly historyLimit?: number;
}

export interface Core {
  readonly store: Store;
  readonly registry: Registry;
  readonly authorizer: Authorizer;
  /** What follows a refusal's own words. */
  refusalTail(user: User): string;
  /** `1.33.5` */
  readonly version: string;
  now(): Date;
}

/** One object or collection that a request names. */
export interface Target {
  readonly info: ResourceInfo;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** Who writes, and how. */
export interface WriteContext {
  readonly user: User;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  /** Server-side apply: take fields over from other managers. */
  readonly force: boolean;
  /** Becomes `Warning` headers. */
  readonly warnings: string[];
}

export function createCore(options: ApiOptions): Core {
  const store = new Store(options.historyLimit);
  return {
    store,
    registry: new Registry(),
    authorizer: new Authorizer(store, options.enableRbac ?? true, options.beyondRbac?.allows),
    refusalTail: (user) => options.beyondRbac?.refusalTail(user) ?? '',
    version: options.kubernetesVersion.replace(/^v/u, ''),
    now: options.now ?? (() => new Date()),
  };
}

/** RFC 3339 in seconds, as metadata carries it. */
export function timestamp(core: Core): string {
  return core
    .now()
    .toISOString()
    .replace(/\.\d+Z$/u, 'Z');
}

export function writeContext(user: User, overrides: Partial<WriteContext> = {}): WriteContext {
  return {
    user,
    dryRun: false,
    fieldManager: 'sandbox',
    fieldValidation: 'Ignore',
    force: false,
    warnings: [],
    ...overrides,
  };
}

/** Throws the server's 403 unless the user may do this. */
export function authorize(core: Core, user: User, verb: string, target: Target): void {
  const { info, subresource, name } = target;
  const namespace = info.namespaced ? target.namespace : namespaceOfNamespace(target);
  const request: ResourceRequest = { verb, group: info.group, resource: info.plural, subresource, namespace, name };
  if (core.authorizer.allows(user, request)) return;
  throw forbidden(info, name, refusalText(user, request) + core.refusalTail(user));
}

/** A request for one namespace counts as a request in it, so that a RoleBinding there can allow it. */
function namespaceOfNamespace(target: Target): string | undefined {
  return target.info.group === '' && target.info.plural === 'namespaces' ? target.name : undefined;
}

/** Is the cluster at least this minor version of Kubernetes 1? */
export function atLeast(core: Core, minor: number): boolean {
  const [major = '1', actual = '0'] = core.version.split('.');
  return Number(major) > 1 || Number(actual) >= minor;
}
