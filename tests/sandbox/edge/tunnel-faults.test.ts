import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { faultIntercept, parseFaults } from '../../../sandbox/kit/faults.ts';
import { startTestEdge, type TestEdge } from './start.ts';

describe('faults between a client and the server behind a tunnel', () => {
  let edge: TestEdge;
  afterEach(() => edge.stop());

  async function ask(fault: string): Promise<{ readonly status: number; readonly body: string }> {
    const plan = `faults: [{server: proxy, method: CONNECT, path: 'management.azure.com:443', ${fault}}]`;
    edge = await startTestEdge({ intercept: faultIntercept(parseFaults(plan)) });
    const request = https.get('https://management.azure.com/subscriptions', {
      agent: new HttpsProxyAgent(edge.addresses.proxy),
      ca: edge.authority.caPem,
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, body: await text(response) };
  }

  it('are a certificate of another name', async () => {
    await assert.rejects(ask('tls: wrongName'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('are a certificate of an authority that nobody knows', async () => {
    await assert.rejects(ask('tls: untrusted'), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  it('are a connection that ends during the handshake', async () => {
    await assert.rejects(ask('tls: broken'), { code: 'ECONNRESET' });
  });

  it('are a name that does not resolve, as Squid says it', async () => {
    const { status, body } = await ask('dns: true');
    assert.equal(status, 503);
    assert.match(body, /Unable to determine IP address/);
  });

  it('leave the servers as they are', async () => {
    await assert.rejects(ask('times: 1, tls: broken'));
    const agent = new HttpsProxyAgent(edge.addresses.proxy);
    const request = https.get('https://management.azure.com/', { agent, ca: edge.authority.caPem });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    assert.equal(response.statusCode, 200);
  });
});
