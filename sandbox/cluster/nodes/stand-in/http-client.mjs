// One HTTP request the way curl and wget make it: through http_proxy/https_proxy (CONNECT for https), trusting the
// certificates of CURL_CA_BUNDLE or SSL_CERT_FILE. Used by the stand-ins for hosts that have neither program.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import tls from 'node:tls';

export class TransferError extends Error {
  /** @param {'resolve' | 'connect' | 'timeout' | 'tls' | 'proxy' | 'receive'} kind */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/**
 * @param {{url: URL, method: string, headers: Record<string, string>, body?: Buffer, timeout?: number}} request
 * @returns {Promise<{status: number, statusText: string, headers: import('node:http').IncomingHttpHeaders, rawHeaders: string[], body: Buffer}>}
 */
export async function transfer(request) {
  const work = request.url.protocol === 'https:' ? overTls(request) : plain(request);
  if (request.timeout === undefined) return work;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new TransferError('timeout', 'Operation timed out')), request.timeout);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function proxyFor(url) {
  const value = url.protocol === 'https:' ? process.env.https_proxy : process.env.http_proxy;
  return value ? new URL(value) : undefined;
}

async function plain({ url, method, headers, body }) {
  const proxy = proxyFor(url);
  const target = proxy ?? url;
  const options = { host: target.hostname, port: target.port || 80, method, headers: { host: url.host, ...headers } };
  return send({ ...options, path: proxy ? url.href : url.pathname + url.search, agent: false }, body);
}

async function overTls({ url, method, headers, body }) {
  const proxy = proxyFor(url);
  const port = Number(url.port || 443);
  const file = process.env.CURL_CA_BUNDLE ?? process.env.SSL_CERT_FILE;
  const trust = { servername: url.hostname, ...(file ? { ca: readFileSync(file) } : {}) };
  const raw = proxy ? await tunnel(proxy, `${url.hostname}:${port}`) : undefined;
  const socket = await secured({ ...trust, ...(raw ? { socket: raw } : { host: url.hostname, port }) });
  const options = { method, headers: { host: url.host, ...headers }, path: url.pathname + url.search };
  // The connection is encrypted already: plain HTTP within it.
  return send({ ...options, createConnection: () => socket }, body);
}

async function tunnel(proxy, authority) {
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: proxy.hostname,
      port: proxy.port,
      method: 'CONNECT',
      path: authority,
      headers: { host: authority },
      agent: false,
    });
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else reject(new TransferError('proxy', `CONNECT tunnel failed, response ${response.statusCode}`));
    });
    request.once('error', (error) => reject(connectionError(error)));
    request.end();
  });
}

async function secured(options) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect(options);
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', (error) => reject(new TransferError('tls', error.message)));
  });
}

async function send(options, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('error', (error) => reject(new TransferError('receive', error.message)));
      response.once('end', () =>
        resolve({
          status: response.statusCode,
          statusText: response.statusMessage,
          headers: response.headers,
          rawHeaders: response.rawHeaders,
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.once('error', (error) => reject(connectionError(error)));
    request.end(body);
  });
}

function connectionError(error) {
  return new TransferError(error.code === 'ENOTFOUND' ? 'resolve' : 'connect', error.message);
}
