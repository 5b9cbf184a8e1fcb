/** Get, list and watch below HTTP. */
import type { KubeObject } from '../../contracts.ts';
import { authorize, type Core, type Target } from './core.ts';
import { badRequest, expired, notFound } from './errors.ts';
import { groupVersionOf, storageKey, type ResourceInfo } from './resources.ts';
import type { User } from './rbac.ts';
import { parseFieldSelector, parseLabelSelector, type ObjectTest } from './selectors.ts';
import type { Change } from './store.ts';

export interface ListOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

export interface ListResult {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

export function getObject(core: Core, user: User, target: Target): KubeObject {
  authorize(core, user, 'get', target);
  return existing(core, target);
}

/** The stored object in the asked-for version, or the server's 404. */
export function existing(core: Core, target: Target): KubeObject {
  const { info, namespace, name = '' } = target;
  const found = core.store.get(storageKey(info), info.namespaced ? namespace : undefined, name);
  if (!found) throw notFound(info, name);
  return inVersion(info, found);
}

/** Versions of a custom resource differ in the apiVersion only (conversion strategy None). */
export function inVersion(info: ResourceInfo, object: KubeObject): KubeObject {
  const apiVersion = groupVersionOf(info);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

export function listObjects(core: Core, user: User, target: Target, options: ListOptions): ListResult {
  authorize(core, user, 'list', selectedByName(target, options));
  const test = objectTest(target, options);
  const resume = options.continue ? decodeContinue(core, options.continue) : undefined;
  const all = core.store.list(storageKey(target.info), target.namespace).filter(test);
  const rest = resume ? all.filter((object) => position(object) > resume.after) : all;
  const limit = options.limit ?? 0;
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const resourceVersion = String(resume?.revision ?? core.store.revision);
  const items = page.map((object) => inVersion(target.info, object));
  return { items, resourceVersion, ...remainder(page.at(-1), rest.length - page.length, { resourceVersion, options }) };
}

/** How to go on after a page that is not the last. */
function remainder(
  last: KubeObject | undefined,
  left: number,
  { resourceVersion, options }: { readonly resourceVersion: string; readonly options: ListOptions },
): Pick<ListResult, 'continue' | 'remainingItemCount'> {
  if (left === 0 || !last) return {};
  const token = { v: 'meta.k8s.io/v1', rv: Number(resourceVersion), start: position(last) };
  return {
    continue: Buffer.from(JSON.stringify(token)).toString('base64url'),
    // A selector makes the count unknowable for the real server, which pages before it filters.
    ...(options.labelSelector || options.fieldSelector ? {} : { remainingItemCount: left }),
  };
}

function position(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function decodeContinue(core: Core, token: string): { revision: number; after: string } {
  let decoded: { rv?: unknown; start?: unknown };
  try {
    decoded = JSON.parse(Buffer.from(token, 'base64url').toString()) as typeof decoded;
  } catch {
    throw badRequest('continue key is not valid: illegal base64 data');
  }
  const { rv, start } = decoded;
  if (typeof rv !== 'number' || typeof start !== 'string') throw badRequest('continue key is not valid');
  if (rv < core.store.oldestRevision) {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
  return { revision: rv, after: start };
}

function objectTest(target: Target, options: ListOptions): ObjectTest {
  const labels = parseLabelSelector(options.labelSelector ?? '');
  const fields = parseFieldSelector(options.fieldSelector ?? '', target.info);
  return (object) => labels(object.metadata.labels ?? {}) && fields(object);
}

/** `fieldSelector=metadata.name=x` makes a list or watch one of that name, which rules with resourceNames can allow. */
function selectedByName(target: Target, options: ListOptions): Target {
  const name = /(?:^|,)metadata\.name==?(?<name>[^,]+)/u.exec(options.fieldSelector ?? '')?.groups?.['name'];
  return name === undefined ? target : { ...target, name };
}

export interface WatchOptions extends ListOptions {
  /** `''` and `'0'`: begin with what is there. */
  readonly resourceVersion?: string | undefined;
}

/**
 * Calls back for every event until the returned function is called. Begins with the present state where no resource
 * version is given. Throws 403 and 410; events come synchronously with the writes that cause them.
 */
export function watchObjects(
  core: Core,
  request: { readonly user: User; readonly target: Target; readonly options: WatchOptions },
  listener: (event: WatchEvent) => void,
): () => void {
  const { user, target, options } = request;
  authorize(core, user, 'watch', selectedByName(target, options));
  const test = objectTest(target, options);
  const emit = (change: Change): void => {
    const event = visibleEvent(change, target, test);
    if (event) listener({ type: event, object: inVersion(target.info, change.object) });
  };
  const key = storageKey(target.info);
  const since = options.resourceVersion ?? '';
  if (since === '' || since === '0') {
    for (const object of core.store.list(key, target.namespace).filter(test))
      listener({ type: 'ADDED', object: inVersion(target.info, object) });
  } else {
    replay(core, key, since, emit);
  }
  return core.store.subscribe(key, emit);
}

function replay(core: Core, key: string, since: string, emit: (change: Change) => void): void {
  const revision = Number(since);
  if (!Number.isInteger(revision))
    throw badRequest(
      `Invalid value: ${JSON.stringify(since)}: strconv.ParseUint: parsing ${JSON.stringify(since)}: invalid syntax`,
    );
  const { oldestRevision } = core.store;
  if (revision < oldestRevision) throw expired(`too old resource version: ${since} (${oldestRevision})`);
  for (const change of core.store.since(key, revision)) emit(change);
}

/** An object that begins to match a selector is ADDED for this watch, one that ceases to is DELETED. */
function visibleEvent(change: Change, target: Target, test: ObjectTest): WatchEvent['type'] | undefined {
  const { object, previous, type } = change;
  if (target.namespace !== undefined && object.metadata.namespace !== target.namespace) return undefined;
  const before = previous !== undefined && test(previous);
  const now = type !== 'DELETED' && test(object);
  if (before) return now ? 'MODIFIED' : 'DELETED';
  return now ? 'ADDED' : undefined;
}
