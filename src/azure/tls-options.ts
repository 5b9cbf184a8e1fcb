import type { ConnectionOptions, SecureContext } from 'node:tls';
import { createSecureContext, rootCertificates } from 'node:tls';
import { secureContextOptions } from '../runtime/client-certificate.ts';
import type { Network } from '../runtime/ports.ts';

/**
 * Whom to trust and how to identify oneself, for every connection of a run: made once, because reading authorities takes
 * its time, those of Node as well.
 */
export function tlsOptions({ certificateAuthority, clientCertificate, acceptsAnyServer }: Network): ConnectionOptions {
  const secureContext = trustingAlso(certificateAuthority, clientCertificate);
  return { secureContext, ...(acceptsAnyServer === true ? { rejectUnauthorized: false } : {}) };
}

/**
 * What `ca: [...rootCertificates, more]` means, in a tenth of the time: Node adds to its own authorities, which it holds
 * ready, in place of parsing them all anew.
 */
function trustingAlso(
  certificateAuthority: string | undefined,
  clientCertificate: Network['clientCertificate'],
): SecureContext {
  const trusting = createSecureContext(secureContextOptions(clientCertificate));
  if (certificateAuthority !== undefined) {
    (trusting.context as { addCACert(pem: string): void }).addCACert(certificateAuthority);
  }
  return trusting;
}

/** Agent.CAInfo comes on top of the public authorities, as it does for the agent itself. */
export function trusted(certificateAuthority: string): string[] {
  return [...rootCertificates, certificateAuthority];
}
