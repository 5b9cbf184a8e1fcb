// A stand-in for curl on hosts without one. Knows -s -S -f -g -i -k(refused) -H NAME: VALUE, -H @-, -H @FILE, -o FILE, -w FORMAT
// (http_code, response_code, size_download, content_type, exitcode, errormsg, \n \r \t), -m/--max-time, --connect-timeout, -X, -d/--data[-raw|-binary],
// -A, --get, --url; combined short flags (-sS); nothing else: an unknown option is exit code 2, as in curl.
import { readFileSync, writeFileSync } from 'node:fs';
import { transfer, TransferError } from './http-client.mjs';

const EXIT = { resolve: 6, connect: 7, proxy: 56, timeout: 28, tls: 60, receive: 56 };
const VALUES = new Set(['-H', '-o', '-w', '-m', '-X', '-d', '-A']);
const LONG = {
  '--header': '-H',
  '--output': '-o',
  '--write-out': '-w',
  '--max-time': '-m',
  '--connect-timeout': '--connect-timeout',
  '--request': '-X',
  '--data': '-d',
  '--data-raw': '-d',
  '--data-binary': '-d',
  '--user-agent': '-A',
  '--url': '--url',
  '--silent': '-s',
  '--show-error': '-S',
  '--fail': '-f',
  '--globoff': '-g',
  '--include': '-i',
  '--get': '-G',
};
const FLAGS = new Set(['-s', '-S', '-f', '-g', '-i', '-G']);

function fail(code, message, { silent = false } = {}) {
  if (!silent) process.stderr.write(`curl: (${code}) ${message}\n`);
  process.exitCode = code;
}

function parse(words) {
  const options = { headers: [], flags: new Set(), data: [] };
  const set = (name, value) => {
    if (name === '-H') options.headers.push(value);
    else if (name === '-d') options.data.push(value);
    else options[name] = value;
  };
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (!word.startsWith('-') || word === '-') options['--url'] = word;
    else if (word.startsWith('--')) {
      const name = LONG[word];
      if (name === undefined) return { problem: `option ${word}: is unknown` };
      if (FLAGS.has(name)) options.flags.add(name);
      else set(name, words[++index]);
    } else {
      for (let letter = 1; letter < word.length; letter++) {
        const name = `-${word[letter]}`;
        if (FLAGS.has(name)) options.flags.add(name);
        else if (VALUES.has(name)) {
          set(name, letter + 1 < word.length ? word.slice(letter + 1) : words[++index]);
          break;
        } else return { problem: `option ${word}: is unknown` };
      }
    }
  }
  return options;
}

function headerLines(values) {
  return values.flatMap((value) =>
    value.startsWith('@') ? readFileSync(value === '@-' ? 0 : value.slice(1), 'utf8').split(/\r?\n/) : [value],
  );
}

function requestOf(options) {
  const headers = { 'user-agent': options['-A'] ?? 'curl/8.5.0', accept: '*/*' };
  for (const line of headerLines(options.headers)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  const text = options['--url'];
  const url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
  const data = options.data
    .map((part) => (part.startsWith('@') ? readFileSync(part === '@-' ? 0 : part.slice(1), 'utf8') : part))
    .join('&');
  const hasBody = options.data.length > 0 && !options.flags.has('-G');
  if (options.data.length > 0 && !hasBody) url.search = [url.search.slice(1), data].filter(Boolean).join('&');
  if (hasBody) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded';
    headers['content-length'] = String(Buffer.byteLength(data));
  }
  const timeout = options['-m'] === undefined ? undefined : Number(options['-m']) * 1000;
  return {
    url,
    method: options['-X'] ?? (hasBody ? 'POST' : 'GET'),
    headers,
    body: hasBody ? Buffer.from(data) : undefined,
    timeout,
  };
}

function writeOut(format, values) {
  const known = { '\\n': '\n', '\\r': '\r', '\\t': '\t', '%%': '%' };
  return format.replaceAll(/\\[nrt]|%%|%\{([a-z_]+)\}/g, (whole, name) => known[whole] ?? String(values[name] ?? ''));
}

function deliver(options, response) {
  const failed = options.flags.has('-f') && response.status >= 400;
  const head = options.flags.has('-i')
    ? `HTTP/1.1 ${response.status} ${response.statusText}\r\n${pairs(response.rawHeaders)}\r\n`
    : '';
  const output = Buffer.concat([Buffer.from(head), failed ? Buffer.alloc(0) : response.body]);
  if (options['-o'] === undefined || options['-o'] === '-') process.stdout.write(output);
  else writeFileSync(options['-o'], output);
  if (failed) fail(22, `The requested URL returned error: ${response.status}`, { silent: quiet(options) });
}

function pairs(raw) {
  let text = '';
  for (let index = 0; index < raw.length; index += 2) text += `${raw[index]}: ${raw[index + 1]}\r\n`;
  return text;
}

function quiet({ flags }) {
  return flags.has('-s') && !flags.has('-S');
}

async function main() {
  const options = parse(process.argv.slice(2));
  if (options.problem) return fail(2, options.problem);
  if (options['--url'] === undefined) return fail(2, 'no URL specified');
  let values = {
    http_code: '000',
    response_code: '000',
    size_download: 0,
    content_type: '',
    exitcode: 0,
    errormsg: '',
  };
  try {
    const response = await transfer(requestOf(options));
    deliver(options, response);
    values = {
      ...values,
      http_code: response.status,
      response_code: response.status,
      size_download: response.body.length,
    };
    values.content_type = response.headers['content-type'] ?? '';
  } catch (error) {
    const code = error instanceof TransferError ? EXIT[error.kind] : 2;
    values = { ...values, exitcode: code, errormsg: error.message };
    fail(code, error.message, { silent: quiet(options) });
  }
  if (options['-w'] !== undefined) process.stdout.write(writeOut(options['-w'], values));
}

await main();
