/** What a path asks for: k8s.io/apiserver/pkg/endpoints/request. */

export interface ResourcePath {
  readonly is: 'resource';
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

export type RequestInfo = ResourcePath | { readonly is: 'path' };

/** `/api/v1/...` and `/apis/{group}/{version}/...` with at least a resource; everything else is a plain path. */
export function parsePath(pathname: string): RequestInfo {
  const segments = pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);
  const [root, ...rest] = segments;
  if (root === 'api') return resourcePath('', rest);
  if (root === 'apis' && rest[0] !== undefined) return resourcePath(rest[0], rest.slice(1));
  return { is: 'path' };
}

function resourcePath(group: string, [version, ...rest]: readonly string[]): RequestInfo {
  if (version === undefined || rest.length === 0) return { is: 'path' };
  const [first, namespace, ...more] = rest;
  // Below a namespace, except for the namespace's own subresources.
  const inNamespace = first === 'namespaces' && more.length > 0 && !(group === '' && isNamespaceSubresource(more));
  const [plural = '', name, subresource] = inNamespace ? more : rest;
  const places = { ...(inNamespace ? { namespace } : {}), name, subresource };
  const given = Object.fromEntries(Object.entries(places).filter(([, place]) => place !== undefined));
  return { is: 'resource', group, version, plural, ...given };
}

function isNamespaceSubresource(rest: readonly string[]): boolean {
  return rest.length === 1 && (rest[0] === 'status' || rest[0] === 'finalize');
}
