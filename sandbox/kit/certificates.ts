/** Certificate authorities that live in memory for one run: nothing that they sign outlives the sandbox. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const lifetimeMilliseconds = 30 * 24 * 60 * 60 * 1000;

export interface CertificateAndKey {
  readonly certPem: string;
  /** PKCS#8 */
  readonly keyPem: string;
}

export interface CertificateAuthority {
  /** The authority's own certificate. */
  readonly caPem: string;
  /** For these DNS names (wildcards allowed) and IP addresses; the first one is the subject. */
  serverCertificate(names: readonly string[]): Promise<CertificateAndKey>;
  /** For a Kubernetes user: common name = user name, organizations = groups. */
  clientCertificate(subject: {
    readonly commonName: string;
    readonly organizations?: readonly string[];
  }): Promise<CertificateAndKey>;
}

/** Certificates are ECDSA P-256 and valid for 30 days, from an hour ago (containers and hosts may disagree on the time). */
export async function createCertificateAuthority(commonName: string): Promise<CertificateAuthority> {
  x509.cryptoProvider.set(webcrypto as never);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const issue = (leaf: Leaf): Promise<CertificateAndKey> => sign(authority, keys.privateKey, leaf);
  return {
    caPem: pem(authority),
    serverCertificate: (names) =>
      issue({
        subject: [{ CN: [names[0] ?? 'localhost'] }],
        usage: x509.ExtendedKeyUsage.serverAuth,
        alternativeNames: names,
      }),
    clientCertificate: ({ commonName: name, organizations = [] }) =>
      issue({
        // One organization per relative name: readers of multi-valued names (Node among them) otherwise see only one.
        subject: [...organizations.map((organization) => ({ O: [organization] })), { CN: [name] }],
        usage: x509.ExtendedKeyUsage.clientAuth,
        alternativeNames: [],
      }),
  };
}

interface Leaf {
  readonly subject: x509.JsonName;
  readonly usage: string;
  readonly alternativeNames: readonly string[];
}

async function sign(
  authority: x509.X509Certificate,
  signingKey: webcrypto.CryptoKey,
  leaf: Leaf,
): Promise<CertificateAndKey> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const alternatives = leaf.alternativeNames.map((value) => ({
    type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
    value,
  }));
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(),
    serialNumber: serialNumber(),
    subject: leaf.subject,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([leaf.usage]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
      ...(alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternatives)] : []),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certPem: pem(certificate), keyPem: `${x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag)}\n` };
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - 60 * 60 * 1000), notAfter: new Date(now + lifetimeMilliseconds) };
}

/** 16 random bytes, positive: clients refuse two certificates of one issuer with the same number. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}
