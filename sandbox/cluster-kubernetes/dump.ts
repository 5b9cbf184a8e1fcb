/** Everything in the cluster. */
import type { KubeObject } from '../contracts.ts';
import type { ApiConnection } from './api-connection.ts';
import { itemsOf, pathOf } from './client.ts';
import { Discovery, type Served } from './discovery.ts';

/** Each object once, though some are served by two groups (events). */
export async function dump(connection: ApiConnection): Promise<readonly KubeObject[]> {
  const served = await new Discovery(connection).everything();
  const lists = await Promise.all(served.map((one) => listed(connection, one)));
  const byId = new Map<string, KubeObject>();
  for (const object of lists.flat()) {
    const { uid, namespace = '', name } = object.metadata;
    const id = uid ?? `${object.kind} ${namespace}/${name}`;
    if (!byId.has(id)) byId.set(id, object);
  }
  return [...byId.values()];
}

async function listed(connection: ApiConnection, served: Served): Promise<readonly KubeObject[]> {
  const { status, body } = await connection.call('GET', pathOf(served, undefined));
  // A kind may have gone since discovery.
  return status === 200 ? itemsOf(served, body as Record<string, unknown>) : [];
}
