/** kubectl's list for people and scripts: `kubectl get KIND [NAME] [-n NAMESPACE | -A] -o name|json`. */
import type { KubeObject } from '../../../contracts.ts';

interface KubectlGet {
  /** Plural or singular, in lower case. */
  readonly kind: string;
  readonly name: string | undefined;
  /** Undefined: all. */
  readonly namespace: string | undefined;
  readonly output: 'name' | 'json';
}

const form =
  /^kubectl\s+get\s+(?<kind>[a-z]+)(?:\s+(?<name>[a-z0-9][a-z0-9.-]*))?(?:\s+(?:-n\s+(?<namespace>\S+)|(?<all>-A)))?\s+-o\s+(?<output>name|json)$/;

const shortNames: Readonly<Record<string, string>> = {
  ns: 'namespace',
  po: 'pod',
  ds: 'daemonset',
  deploy: 'deployment',
  no: 'node',
  crd: 'customresourcedefinition',
};

/** Undefined for every other command. */
export function readKubectlGet(command: string): KubectlGet | undefined {
  const { kind, name, namespace, all, output } = form.exec(command.trim())?.groups ?? {};
  if (kind === undefined) return undefined;
  const singular = shortNames[kind] ?? kind.replace(/ies$/, 'y').replace(/s$/, '');
  return {
    kind: singular,
    name,
    namespace: all === undefined ? (namespace ?? 'default') : undefined,
    output: output === 'json' ? 'json' : 'name',
  };
}

/** As kubectl prints it; 1 where the object is not there. */
export function kubectlGet(
  { kind, name, namespace, output }: KubectlGet,
  objects: readonly KubeObject[],
): { readonly exitCode: number; readonly logs: string } {
  const ofKind = objects.filter((object) => object.kind.toLowerCase() === kind);
  const found = ofKind.filter(
    ({ metadata }) =>
      (name === undefined || metadata.name === name) &&
      (metadata.namespace === undefined || namespace === undefined || metadata.namespace === namespace),
  );
  const resource = nameOf(ofKind[0], kind);
  if (name !== undefined && found.length === 0) {
    return {
      exitCode: 1,
      logs: `Error from server (NotFound): ${resource.replace(/(\.|$)/, 's$1')} "${name}" not found\n`,
    };
  }
  if (output === 'name')
    return { exitCode: 0, logs: found.map((object) => `${resource}/${object.metadata.name}\n`).join('') };
  const shown =
    name === undefined ? { apiVersion: 'v1', items: found, kind: 'List', metadata: { resourceVersion: '' } } : found[0];
  return { exitCode: 0, logs: `${JSON.stringify(shown, undefined, 4)}\n` };
}

/** `pod`, `deployment.apps` */
function nameOf(object: KubeObject | undefined, kind: string): string {
  const [group, version] = object?.apiVersion.split('/') ?? [];
  return version === undefined ? kind : `${kind}.${group ?? ''}`;
}
