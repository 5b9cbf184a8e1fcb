/** The certificates of applications: self-signed, RSA, made anew for every sandbox and registered with Entra. */
import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { ApplicationSpec, TenantSpec } from '../scenario/types.ts';

export interface ApplicationCertificate {
  /** The certificate followed by its key (PKCS#8), as a service connection and az hold it. */
  readonly pem: string;
  readonly certificate: X509Certificate;
}

/** By client id in lower case; only applications whose scenario asks for a certificate. */
export type ApplicationCertificates = ReadonlyMap<string, ApplicationCertificate>;

const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
const hash = 'SHA-256';
const day = 24 * 60 * 60 * 1000;

export async function createApplicationCertificates(tenants: readonly TenantSpec[]): Promise<ApplicationCertificates> {
  const applications = tenants.flatMap((tenant) => tenant.applications);
  const wanted = applications.filter(({ certificate }) => certificate !== 'none');
  const made = wanted.map(async (application): Promise<[string, ApplicationCertificate]> => [
    application.clientId.toLowerCase(),
    await selfSigned(application),
  ]);
  return new Map(await Promise.all(made));
}

async function selfSigned({ name, certificate: kind }: ApplicationSpec): Promise<ApplicationCertificate> {
  x509.cryptoProvider.set(webcrypto as never);
  const keys = await webcrypto.subtle.generateKey({ ...algorithm, hash }, true, ['sign', 'verify']);
  const now = Date.now();
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: [{ CN: [name] }],
    notBefore: new Date(now - 30 * day),
    notAfter: new Date(kind === 'expired' ? now - day : now + 30 * day),
    keys,
    signingAlgorithm: { ...algorithm, hash },
  });
  const certificate = made.toString('pem');
  const key = x509.PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    x509.PemConverter.PrivateKeyTag,
  );
  return { pem: `${certificate}\n${key}\n`, certificate: new X509Certificate(certificate) };
}
