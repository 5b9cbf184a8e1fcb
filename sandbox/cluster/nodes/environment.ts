/** The environment of a command in a pod: nothing of the host's, what the pod's spec says, and the way to the sandbox. */
import type { ClusterClient, KubeResource } from '../../contracts.ts';
import { resources, type Container, type EnvVar, type Pod } from '../controllers/shapes.ts';

interface PodSurroundings {
  /** Directory that is the whole PATH. */
  readonly tools: string;
  /** The pod's working directory on the host. */
  readonly home: string;
  /** `http://127.0.0.1:<port>` of the pod's own proxy. */
  readonly gateway: string;
  /** File with the sandbox's certificate authority. */
  readonly caFile: string;
  /** File that tells GNU wget of it. */
  readonly wgetrc: string;
}

export async function podEnvironment(
  client: ClusterClient,
  pod: Pod,
  container: Container,
  where: PodSurroundings,
): Promise<Record<string, string>> {
  const own: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    const value = await valueOf(client, pod, variable);
    if (value !== undefined) own[variable.name] = expand(value, own);
  }
  return {
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
    KUBERNETES_SERVICE_PORT: '443',
    ...own,
    PATH: where.tools,
    HOME: where.home,
    HOSTNAME: pod.metadata.name,
    http_proxy: where.gateway,
    https_proxy: where.gateway,
    HTTP_PROXY: where.gateway,
    HTTPS_PROXY: where.gateway,
    CURL_CA_BUNDLE: where.caFile,
    SSL_CERT_FILE: where.caFile,
    WGETRC: where.wgetrc,
  };
}

async function valueOf(client: ClusterClient, pod: Pod, { value, valueFrom }: EnvVar): Promise<string | undefined> {
  if (valueFrom === undefined) return value ?? '';
  const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef !== undefined) return fieldOf(pod, fieldRef.fieldPath);
  if (configMapKeyRef !== undefined) return keyIn(client, resources.configMaps, pod, configMapKeyRef);
  if (secretKeyRef === undefined) return undefined;
  const encoded = await keyIn(client, resources.secrets, pod, secretKeyRef);
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
}

async function keyIn(
  client: ClusterClient,
  resource: KubeResource,
  pod: Pod,
  reference: { readonly name: string; readonly key: string },
): Promise<string | undefined> {
  const object = await client.get(resource, pod.metadata.namespace, reference.name);
  return (object?.['data'] as Record<string, string> | undefined)?.[reference.key];
}

/** The downward API: `metadata.name`, `metadata.labels['x']`, `spec.nodeName`, `status.podIP`, ... */
export function fieldOf(pod: Pod, fieldPath: string): string | undefined {
  const keyed = /^metadata\.(?<map>labels|annotations)\['(?<key>[^']+)'\]$/.exec(fieldPath)?.groups;
  if (keyed) return pod.metadata[keyed['map'] === 'labels' ? 'labels' : 'annotations']?.[keyed['key'] ?? ''];
  let value: unknown = pod;
  for (const step of fieldPath.split('.')) value = (value as Record<string, unknown> | undefined)?.[step];
  return typeof value === 'string' ? value : undefined;
}

/** `$(NAME)` of variables that stand before; `$$(NAME)` stays `$(NAME)`. */
export function expand(text: string, known: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\((?<name>[-._a-zA-Z0-9]+)\)/g, (whole, name: string | undefined) => {
    if (whole === '$$') return '$';
    return known[name ?? ''] ?? whole;
  });
}
