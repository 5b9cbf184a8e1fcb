import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { createCertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import { certificateSubject } from '../../../sandbox/kit/http-server.ts';

describe('the sandbox certificate authority', () => {
  it('signs a server certificate that names hosts, wildcards and addresses', async () => {
    const authority = await createCertificateAuthority('test authority');
    const { certPem } = await authority.serverCertificate(['localhost', '127.0.0.1', '*.vault.azure.net']);
    const certificate = new X509Certificate(certPem);
    assert.ok(certificate.verify(new X509Certificate(authority.caPem).publicKey));
    assert.equal(certificate.checkHost('kvpwe001.vault.azure.net'), '*.vault.azure.net');
    assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
    assert.equal(certificate.checkHost('management.azure.com'), undefined);
    assert.equal(certificate.ca, false);
  });

  it('makes client certificates whose subject is the Kubernetes user and its groups', async () => {
    const authority = await createCertificateAuthority('test authority');
    const server = await authority.serverCertificate(['localhost']);
    const client = await authority.clientCertificate({
      commonName: 'masterclient',
      organizations: ['system:masters', 'other'],
    });
    const listener = tls.createServer({
      cert: server.certPem,
      key: server.keyPem,
      ca: authority.caPem,
      requestCert: true,
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const accepted = once(listener, 'secureConnection') as Promise<[tls.TLSSocket]>;
    const socket = tls.connect({
      port,
      servername: 'localhost',
      ca: authority.caPem,
      cert: client.certPem,
      key: client.keyPem,
    });
    await once(socket, 'secureConnect');
    const [serverSide] = await accepted;
    assert.equal(socket.authorized, true);
    assert.deepEqual(certificateSubject(serverSide), {
      commonName: 'masterclient',
      organizations: ['system:masters', 'other'],
    });
    socket.destroy();
    listener.close();
  });

  it('is not trusted by a client that knows another authority', async () => {
    const [authority, other] = await Promise.all([
      createCertificateAuthority('one'),
      createCertificateAuthority('two'),
    ]);
    const { certPem } = await authority.serverCertificate(['localhost']);
    assert.equal(new X509Certificate(certPem).verify(new X509Certificate(other.caPem).publicKey), false);
  });
});
