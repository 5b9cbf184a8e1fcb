import type { ExecRequest } from './cluster.ts';
import type { KubeTransport } from './transport.ts';

/** A WebSocket is authorized as `get`, from Kubernetes 1.35 on as `create`, too (AuthorizePodWebsocketUpgradeCreatePermission). */
const verbs = ['get', 'create'] as const;

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

/**
 * The verb on pods/exec that the connection lacks: a refused WebSocket carries no text that says it, so the API server is
 * asked. Undefined where it lacks none (something else refused) or where the API server does not tell.
 */
export async function lackingExecVerb(
  transport: Pick<KubeTransport, 'send'>,
  { namespace, pod: name }: Pick<ExecRequest, 'namespace' | 'pod'>,
): Promise<(typeof verbs)[number] | undefined> {
  for (const verb of verbs) {
    const resourceAttributes = { namespace, name, verb, resource: 'pods', subresource: 'exec' };
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    };
    try {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const { status } = JSON.parse(await transport.send({ method: 'POST', path, body })) as Review;
      if (status?.allowed === false) return verb;
    } catch {
      // The refusal itself is what gets reported; this only makes it more exact.
      return undefined;
    }
  }
  return undefined;
}
