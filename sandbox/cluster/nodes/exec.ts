/** `kubectl exec` over WebSocket: one command, its streams as channels, its end as a Status on the error channel. */
import { randomBytes } from 'node:crypto';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { KubeStatusError } from '../../contracts.ts';
import { CHANNEL, exitStatus, frame, internalError, PROTOCOLS, success } from './channels.ts';
import { exitCodeOf, findProgram, killGroup, startCommand, type CommandStart } from './command.ts';
import { badRequest } from './refusals.ts';
import type { UpgradeRequest } from './types.ts';

interface ExecStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export function execStreams(query: URLSearchParams): ExecStreams {
  const wanted = (name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');
  const streams = {
    stdin: wanted('stdin'),
    stdout: wanted('stdout'),
    stderr: wanted('stderr'),
    tty: wanted('tty'),
  };
  if (!streams.stdin && !streams.stdout && !streams.stderr) {
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  }
  return streams;
}

/** Throws before the upgrade what can only be said then. */
export function checkUpgrade({ incoming }: UpgradeRequest): void {
  if (incoming.headers.upgrade?.toLowerCase() !== 'websocket') {
    // SPDY, which kubectl before 1.31 speaks: kubectl from 1.30 on falls back to what it is offered here.
    throw new KubeStatusError({
      code: 501,
      reason: 'NotImplemented',
      message:
        'The sandbox speaks exec over WebSocket only (kubectl 1.31 or newer). Add SPDY in sandbox/cluster/nodes.',
    });
  }
  const offered = (incoming.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
  if (PROTOCOLS.some((protocol) => offered.includes(protocol))) return;
  const known = PROTOCOLS.join(' ');
  throw badRequest(`unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${known}]`);
}

const server = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
});

export async function acceptUpgrade({ incoming, socket, head }: UpgradeRequest): Promise<WebSocket> {
  return new Promise((resolve) => {
    server.handleUpgrade(incoming, socket, head, (connection) => {
      resolve(connection);
    });
  });
}

/** Runs the command to its end or the connection's, whichever comes first. */
export async function runCommand(
  connection: WebSocket,
  start: CommandStart,
  streams: ExecStreams,
  signal: AbortSignal,
): Promise<void> {
  const lowest = streams.stdout ? CHANNEL.stdout : streams.stderr ? CHANNEL.stderr : CHANNEL.error;
  connection.send(frame(lowest, ''));
  const status = await finalStatus(connection, start, streams, signal);
  if (connection.readyState !== connection.OPEN) return;
  connection.send(frame(CHANNEL.error, JSON.stringify(status)));
  connection.close(1000);
}

async function finalStatus(
  connection: WebSocket,
  start: CommandStart,
  streams: ExecStreams,
  signal: AbortSignal,
): Promise<object> {
  const program = findProgram(start.command[0] ?? '', start.tools);
  if ('problem' in program) return notStarted(program.problem);
  const child = startCommand(program.file, start);
  const kill = (): void => {
    killGroup(child);
  };
  connection.on('close', kill);
  signal.addEventListener('abort', kill);
  connection.on('message', (data) => {
    if (child.stdin !== null) receive(data, child.stdin);
  });
  // A command that ends without reading its input is no failure of the connection.
  child.stdin?.on('error', () => undefined);
  const forward = (wanted: boolean, channel: number) => (data: Buffer) => {
    if (wanted && connection.readyState === connection.OPEN) connection.send(frame(channel, data));
  };
  child.stdout?.on('data', forward(streams.stdout, CHANNEL.stdout));
  child.stderr?.on('data', forward(streams.stderr || streams.tty, streams.tty ? CHANNEL.stdout : CHANNEL.stderr));
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(notStarted(`exec: "${start.command[0] ?? ''}": ${error.message}`));
    });
    child.once('close', (code, endSignal) => {
      signal.removeEventListener('abort', kill);
      const exitCode = exitCodeOf(code, endSignal);
      resolve(exitCode === 0 ? success() : exitStatus(start.command, exitCode));
    });
  });
}

function receive(data: RawData, stdin: NodeJS.WritableStream): void {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer);
  if (bytes[0] === CHANNEL.stdin && bytes.length > 1) stdin.write(bytes.subarray(1));
  if (bytes[0] === CHANNEL.close && bytes[1] === CHANNEL.stdin) stdin.end();
}

/** containerd's words; a kubelet hands them on as an internal error, without an exit code. */
function notStarted(problem: string): object {
  const id = randomBytes(32).toString('hex');
  const runc = `OCI runtime exec failed: exec failed: unable to start container process: ${problem}: unknown`;
  return internalError(
    `error executing command in container: failed to exec in container: failed to start exec "${id}": ${runc}`,
  );
}
