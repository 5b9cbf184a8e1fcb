import { ApiCluster } from '../api-cluster.ts';
import type { KubeTransport } from '../transport.ts';
import { runInPod } from './exec.ts';
import type { SendContext } from './send.ts';
import { send } from './send.ts';

/** Straight to the API server. */
export function directTransport(context: SendContext): KubeTransport {
  const { endpoint } = context;
  return {
    host: endpoint.host,
    pageSize: 500,
    send: (request) => send(request, context),
    exec: (request, signal) => runInPod(endpoint, request, signal),
    close: () => {
      endpoint.agent.destroy();
    },
  };
}

/** A cluster by its API server. */
export class DirectCluster extends ApiCluster {
  constructor(name: string, context: SendContext) {
    super(name, directTransport(context));
  }
}
