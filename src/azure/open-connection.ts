import type { EndpointReader, Network } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import { readCloudMetadata } from './cloud-metadata.ts';
import type { Connection } from './connection.ts';
import { readConnection } from './connection.ts';
import { readCloud } from './endpoint-cloud.ts';
import type { Patience } from './patience/patience.ts';
import { sendPlain } from './send.ts';
import { wayOut } from './way-out.ts';

export interface ConnectionServices {
  readonly network: Network;
  readonly patience: Patience;
  readonly mask: Mask;
}

/**
 * Reads a service connection and its cloud; only a cloud with addresses of its own is asked for those that the connection
 * lacks. @throws DiagnosticError CON001, CON004, CON007, CON009
 */
export async function openConnection(
  endpoints: EndpointReader,
  id: string,
  { network, patience, mask }: ConnectionServices,
): Promise<Connection> {
  const cloud = await readCloud(endpoints, id, (resourceManager) =>
    readCloudMetadata(resourceManager, {
      get: (url) => sendPlain(wayOut(network), { method: 'GET', url }, patience),
      patience,
    }),
  );
  return readConnection(endpoints, id, { mask, cloud });
}
