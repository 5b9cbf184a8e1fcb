/** Which kinds an API server serves, and where. */
import type { KubeApi } from './kube-api.ts';

export interface Resource {
  /** Plural. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Empty where nothing is served there. */
export async function resourcesOf(api: KubeApi, root: string): Promise<readonly Resource[]> {
  const answer = await api.ask({ method: 'GET', path: root });
  if (answer.status >= 400) return [];
  return (JSON.parse(answer.body) as { readonly resources: readonly Resource[] }).resources;
}

export function pathOf({ root, resource, namespace, name }: ObjectPlace): string {
  return `${root}${resource.namespaced ? `/namespaces/${namespace ?? 'default'}` : ''}/${resource.name}/${name}`;
}

export interface ObjectPlace {
  /** `/apis/apps/v1` */
  readonly root: string;
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** As kubectl names what it wrote: `deployment.apps/web`. */
export function shownName({ root, resource, name }: ObjectPlace): string {
  const group = /^\/apis\/([^/]+)/.exec(root)?.[1];
  return `${resource.kind.toLowerCase()}${group === undefined ? '' : `.${group}`}/${name}`;
}
