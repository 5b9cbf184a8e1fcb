// A stand-in for wget on hosts without one. Knows -q -S -O FILE, --header, --timeout/-T, --tries/-t, --post-data, --method,
// --content-on-error (GNU only), --like-busybox (first argument; set by the sandbox: error bodies are dropped, as BusyBox does).
import { writeFileSync } from 'node:fs';
import { transfer, TransferError } from './http-client.mjs';

const EXIT = { resolve: 4, connect: 4, proxy: 8, timeout: 4, tls: 5, receive: 4 };

function parse(words) {
  const options = { headers: {}, flags: new Set() };
  const long = {
    '--output-document': '-O',
    '--timeout': '-T',
    '--tries': '-t',
    '--quiet': '-q',
    '--server-response': '-S',
  };
  for (let index = 0; index < words.length; index++) {
    const [word, inline] = words[index].startsWith('--') ? splitOnce(words[index]) : [words[index]];
    const name = long[word] ?? word;
    const value = () => inline ?? words[++index];
    if (name === '--header') addHeader(options.headers, value());
    else if (['-O', '-T', '-t', '--post-data', '--method', '-U', '--user-agent'].includes(name))
      options[name] = value();
    else if (/^-O./.test(name)) options['-O'] = name.slice(2);
    else if (/^-q?S?O-?$/.test(name) && name !== '-S') {
      options.flags.add('-q');
      options['-O'] = name.endsWith('-') ? '-' : value();
    } else if (name.startsWith('-')) options.flags.add(name);
    else options.url = name;
  }
  return options;
}

function splitOnce(text) {
  const equals = text.indexOf('=');
  return equals < 0 ? [text] : [text.slice(0, equals), text.slice(equals + 1)];
}

function addHeader(headers, line) {
  const colon = line.indexOf(':');
  headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
}

function requestOf(options) {
  const text = options.url;
  const data = options['--post-data'];
  return {
    url: new URL(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`),
    method: options['--method'] ?? (data === undefined ? 'GET' : 'POST'),
    headers: {
      'user-agent': options['-U'] ?? 'Wget/1.21.3',
      accept: '*/*',
      ...options.headers,
      ...(data === undefined ? {} : { 'content-length': String(Buffer.byteLength(data)) }),
    },
    body: data === undefined ? undefined : Buffer.from(data),
    timeout: options['-T'] === undefined ? undefined : Number(options['-T']) * 1000,
  };
}

function showResponse(options, busybox, response) {
  if (!options.flags.has('-S')) return;
  let text = `  HTTP/1.1 ${response.status} ${response.statusText}\n`;
  const raw = busybox && response.status >= 400 ? [] : response.rawHeaders;
  for (let index = 0; index < raw.length; index += 2) text += `  ${raw[index]}: ${raw[index + 1]}\n`;
  process.stderr.write(text);
}

async function main() {
  const words = process.argv.slice(2);
  const busybox = words[0] === '--like-busybox';
  const options = parse(busybox ? words.slice(1) : words);
  if (options.url === undefined) {
    process.stderr.write('wget: missing URL\n');
    process.exitCode = 1;
    return;
  }
  try {
    const response = await transfer(requestOf(options));
    showResponse(options, busybox, response);
    const failed = response.status >= 400;
    const keep = !failed || (!busybox && options.flags.has('--content-on-error'));
    const target = options['-O'] ?? 'index.html';
    if (keep && target === '-') process.stdout.write(response.body);
    else if (keep) writeFileSync(target, response.body);
    if (!failed) return;
    const line = `HTTP/1.1 ${response.status} ${response.statusText}`;
    if (busybox) process.stderr.write(`wget: server returned error: ${line}\n`);
    else if (!options.flags.has('-q')) process.stderr.write(`ERROR ${response.status}: ${response.statusText}.\n`);
    process.exitCode = busybox ? 1 : 8;
  } catch (error) {
    process.stderr.write(`wget: ${error.message}\n`);
    process.exitCode = busybox ? 1 : error instanceof TransferError ? EXIT[error.kind] : 1;
  }
}

await main();
