import { spawn } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { proofScript } from '../../../../src/checks/gather/proof-script/index.ts';
import type { FakeAzure } from './fake-azure.ts';

/** Which programs a container of the test has. `dash+curl` and the like; each is a real program of this machine. */
export interface Toolset {
  readonly name: string;
  readonly shell: string;
  /** Names in the pod's PATH, each with the program (and first arguments) behind it. */
  readonly programs: Readonly<Record<string, string>>;
}

export interface PodAnswer {
  readonly stdout: string;
  readonly stderr: string;
  /** Arguments and environment of every program that the script started. */
  readonly started: string;
  /** Files that the pod's home directory holds afterwards. */
  readonly files: readonly string[];
}

export interface ProofArguments {
  readonly host?: string;
  readonly path?: string;
  readonly clientId?: string;
  readonly nonce?: string;
  readonly expected?: string;
  readonly seconds?: number;
  /** What the token is asked for. */
  readonly audience?: string;
}

export function findProgram(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((directory) => path.join(directory, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs the script as a container with these programs would: nothing of this machine's environment, one directory as PATH. */
export async function runInPod(
  tools: Toolset,
  azure: FakeAzure | undefined,
  proof: ProofArguments = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<PodAnswer> {
  const root = mkdtempSync(path.join(tmpdir(), 'keyless-pods-check-'));
  const [bin, home, log] = [path.join(root, 'bin'), path.join(root, 'home'), path.join(root, 'log')];
  mkdirSync(bin);
  mkdirSync(home);
  writeFileSync(log, '');
  for (const [name, program] of Object.entries(tools.programs)) writeWrapper(path.join(bin, name), program, log);
  const [ca, wgetrc] = [path.join(root, 'ca.pem'), path.join(root, 'wgetrc')];
  writeFileSync(ca, azure?.caPem ?? '');
  writeFileSync(wgetrc, azure ? `ca_certificate = ${ca}\n` : '');
  const proxies = azure ? { http_proxy: azure.proxy, https_proxy: azure.proxy } : {};
  const env = { PATH: bin, HOME: home, CURL_CA_BUNDLE: ca, WGETRC: wgetrc, ...proxies, ...environment };
  try {
    const printed = await execute(tools.shell, argumentsOf(proof), env);
    return { ...printed, started: readFileSync(log, 'utf8'), files: readdirSync(home) };
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Notes arguments and environment of every program that the script starts, then becomes the program. */
function writeWrapper(file: string, program: string, log: string): void {
  writeFileSync(file, `#!/bin/sh\n{ printf '%s\\n' "$0 $*"; export -p; } >> '${log}'\nexec ${program} "$@"\n`);
  chmodSync(file, 0o755);
}

function argumentsOf(proof: ProofArguments): string[] {
  const { host = 'kvtest.vault.azure.net', path: secret = '/secrets/password' } = proof;
  const { clientId = '', nonce = '', expected = '', seconds = 20 } = proof;
  const resource = encodeURIComponent(proof.audience ?? 'https://vault.azure.net');
  return ['-c', proofScript, 'sh', host, secret, clientId, nonce, expected, String(seconds), resource];
}

async function execute(
  shell: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Pick<PodAnswer, 'stdout' | 'stderr'>> {
  const [file = '', ...first] = shell.split(' ');
  const child = spawn(file, [...first, ...words], { env, cwd: env['HOME'], stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  await new Promise((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  return { stdout, stderr };
}
