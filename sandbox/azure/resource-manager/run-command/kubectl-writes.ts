/** `kubectl apply --server-side` and `kubectl patch --type=merge`. */
import { pathOf, resourcesOf, shownName, type ObjectPlace } from './discovery.ts';
import type { KubeApi } from './kube-api.ts';
import { optionsOf, type KubectlContext } from './kubectl-context.ts';
import { failed, noFile, printed, refused, refusedApply, type Ended } from './kubectl-errors.ts';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export async function apply(words: readonly string[], { api, file }: KubectlContext): Promise<Ended | undefined> {
  const { options, rest } = optionsOf(words, ['--server-side', '--force-conflicts', '--field-manager', '--validate']);
  const name = fileOf(rest, '-f');
  if (!options.has('--server-side') || options.get('--validate') !== 'false' || name === undefined) return undefined;
  const body = file(name);
  if (body === undefined) return noFile(name);
  const manifest = JSON.parse(body) as Manifest;
  const place = await placeOf(api, manifest);
  if (!place) return noKind(manifest, name);
  const query = new URLSearchParams({
    fieldManager: options.get('--field-manager') ?? 'kubectl',
    fieldValidation: 'Ignore',
    force: String(options.has('--force-conflicts')),
  });
  const path = `${pathOf(place)}?${query.toString()}`;
  const answer = await api.ask({ method: 'PATCH', path, body, contentType: 'application/apply-patch+yaml' });
  return answer.status < 400 ? printed(`${shownName(place)} serverside-applied\n`) : refusedApply(answer);
}

async function placeOf(api: KubeApi, { apiVersion, kind, metadata }: Manifest): Promise<ObjectPlace | undefined> {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const resources = await resourcesOf(api, root);
  const resource = resources.find((each) => each.kind === kind && !each.name.includes('/'));
  return resource && { root, resource, namespace: metadata.namespace, name: metadata.name };
}

function noKind({ apiVersion, kind, metadata }: Manifest, file: string): Ended {
  const what = `name: "${metadata.name}" namespace: "${metadata.namespace ?? ''}" from "${file}"`;
  return failed(
    `error: resource mapping not found for ${what}: no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
  );
}

export async function patch(
  [target = '', ...more]: readonly string[],
  { api, file }: KubectlContext,
): Promise<Ended | undefined> {
  const { options, rest } = optionsOf(more, ['--namespace', '--type', '--field-manager']);
  const name = fileOf(rest, '--patch-file');
  const named = targetOf(target);
  if (!named || options.get('--type') !== 'merge' || name === undefined) return undefined;
  const body = file(name);
  if (body === undefined) return noFile(name);
  const resource = (await resourcesOf(api, named.root)).find((each) => each.name === named.plural);
  if (!resource) return failed(`error: the server doesn't have a resource type "${target.split('/')[0] ?? ''}"`);
  const manager = options.get('--field-manager') ?? 'kubectl-patch';
  return merge(api, { ...named, resource, namespace: options.get('--namespace') }, { body, manager });
}

/** kubectl reads the object before it changes it. */
async function merge(
  api: KubeApi,
  place: ObjectPlace,
  { body, manager }: { readonly body: string; readonly manager: string },
): Promise<Ended> {
  const path = pathOf(place);
  const before = await api.ask({ method: 'GET', path });
  if (before.status >= 400) return refused(before);
  const answer = await api.ask({
    method: 'PATCH',
    path: `${path}?fieldManager=${encodeURIComponent(manager)}`,
    body,
    contentType: 'application/merge-patch+json',
  });
  if (answer.status >= 400) return refused(answer);
  return printed(`${shownName(place)} patched${answer.body === before.body ? ' (no change)' : ''}\n`);
}

/** `deployments.v1.apps/web`, `pods/web` */
function targetOf(
  target: string,
): { readonly root: string; readonly plural: string; readonly name: string } | undefined {
  const form = /^(?<plural>[a-z]+)(?:\.(?<version>v[a-z0-9]+)\.(?<group>[a-z0-9.-]+))?\/(?<name>[^/]+)$/;
  const { plural, version = '', group, name } = form.exec(target)?.groups ?? {};
  if (plural === undefined || name === undefined) return undefined;
  return { root: group === undefined ? '/api/v1' : `/apis/${group}/${version}`, plural, name };
}

function fileOf([option, name, ...rest]: readonly string[], wanted: string): string | undefined {
  return option === wanted && rest.length === 0 ? name : undefined;
}
