import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { ExecRequest } from '../cluster.ts';
import type { KubeRequest } from '../transport.ts';

/** One call of kubectl: its arguments, and the file that goes with it. */
export interface KubectlCall {
  readonly arguments: readonly string[];
  /** Stands in the arguments as {@link FILE}. */
  readonly file?: string;
  /** The file is its standard input. */
  readonly fromFile?: boolean;
}

/** Where the name of the call's own file stands; no name and no path of Kubernetes has a control character. */
export const FILE = '\u0001';

/** Who set a field, as in a request that goes straight to the API server. */
const MANAGER = '--field-manager';

/**
 * The call that does what a request does. Most requests go through as they are (`--raw`), so that paths, pages and
 * refusals are those of the API server; only patches have no such form.
 */
export function kubectlFor(request: KubeRequest): KubectlCall {
  const { method, body, contentType = '' } = request;
  const file = body === undefined ? {} : { file: JSON.stringify(body) };
  switch (method) {
    case 'GET':
      return { arguments: ['get', '--raw', uriOf(request)] };
    case 'POST':
      return { arguments: ['create', '--raw', uriOf(request), '-f', FILE], ...file };
    case 'DELETE':
      return { arguments: ['delete', '--raw', uriOf(request), '-f', FILE], ...file };
    case 'PATCH':
      return { arguments: contentType.includes('apply-patch') ? apply(request) : mergePatch(request), ...file };
  }
}

function uriOf({ path, query = {} }: KubeRequest): string {
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** Without kubectl's own validation, which a request does not have either. */
function apply({ query = {} }: KubeRequest): readonly string[] {
  const force = query['force'] === 'true' ? ['--force-conflicts'] : [];
  return [
    'apply',
    '--server-side',
    `${MANAGER}=${query['fieldManager'] ?? ''}`,
    '--validate=false',
    ...force,
    '-f',
    FILE,
  ];
}

/** @throws DiagnosticError CHK006 for ephemeral containers, which kubectl patches under no name. */
function mergePatch({ path, query = {} }: KubeRequest): readonly string[] {
  if (path.endsWith('/ephemeralcontainers')) {
    throw new DiagnosticError('CHK006', {
      message: 'No ephemeral container can be added through the run command of Azure: kubectl has no call for it.',
      fix: 'Use probe: exec, or an agent that reaches the API server.',
    });
  }
  const { resource, name, namespace } = placeOf(path);
  const where = namespace === undefined ? [] : [`--namespace=${namespace}`];
  const manager = `${MANAGER}=${query['fieldManager'] ?? ''}`;
  return ['patch', `${resource}/${name}`, ...where, '--type=merge', manager, '--patch-file', FILE];
}

/** `/apis/apps/v1/namespaces/web/deployments/a`: kubectl calls it `deployments.v1.apps/a` in the namespace `web`. */
function placeOf(path: string): { readonly resource: string; readonly name: string; readonly namespace?: string } {
  const form =
    /^\/(?:api\/[^/]+|apis\/(?<group>[^/]+)\/(?<version>[^/]+))(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[^/]+)\/(?<name>[^/]+)$/;
  const { group, version = '', namespace, plural = '', name = '' } = form.exec(path)?.groups ?? {};
  return {
    resource: group === undefined ? plural : `${plural}.${version}.${group}`,
    name: decodeURIComponent(name),
    ...(namespace === undefined ? {} : { namespace: decodeURIComponent(namespace) }),
  };
}

export function kubectlExec({ namespace, pod, container, command, stdin }: ExecRequest): KubectlCall {
  const options = [
    `--namespace=${namespace}`,
    ...(container === undefined ? [] : [`--container=${container}`]),
    ...(stdin === undefined ? [] : ['--stdin']),
  ];
  const call = { arguments: ['exec', `pod/${pod}`, ...options, '--', ...command] };
  return stdin === undefined ? call : { ...call, file: stdin, fromFile: true };
}
