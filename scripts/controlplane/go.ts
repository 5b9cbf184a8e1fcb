/** Go, as far as a build needs it: is it there, what does it know, and one build with its progress. */
import process from 'node:process';
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { GoProgram } from '../../sandbox/cluster-kubernetes/programs.ts';

/** From 1.21 on Go fetches the version that a module asks for by itself. */
const oldest = [1, 21] as const;

const needed =
  'Building a control plane needs Go 1.26 or newer (https://go.dev/dl; from 1.21 on Go fetches a newer one by itself), ' +
  'a way to the Go module proxy, 2 GB of memory and, while it builds, 9 GB of disk.';

/** Undefined where Go can build; otherwise what is missing and what would be needed. */
export async function goProblem(): Promise<string | undefined> {
  if (process.platform === 'win32') return 'Kubernetes runs on Linux and macOS only: use WSL.';
  const { code, output } = await go(['env', 'GOVERSION'], { env: process.env });
  if (code !== 0) return `Go is missing. ${needed}`;
  return isOldGo(output.trim()) ? `${output.trim()} is too old. ${needed}` : undefined;
}

/** @param version as `go env GOVERSION` says it: `go1.26.0`, `devel go1.27-...` */
export function isOldGo(version: string): boolean {
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return true;
  return Number(major) < oldest[0] || (Number(major) === oldest[0] && Number(minor) < oldest[1]);
}

export interface GoBuild {
  readonly program: GoProgram;
  /** The file to write. */
  readonly output: string;
  /** For Go's downloads and compiled packages. */
  readonly work: string;
  readonly jobs: number | undefined;
  readonly signal: AbortSignal;
  /** Called with the number of packages compiled so far. */
  compiled(packages: number): void;
}

/** @returns undefined where it is built, else what Go said last */
export async function goBuild(build: GoBuild): Promise<string | undefined> {
  let packages = 0;
  const { code, output } = await go(buildArguments(build), {
    env: buildEnvironment(process.env, build),
    cwd: path.join(import.meta.dirname, 'modules', build.program.module),
    signal: build.signal,
    heard: (line) => {
      if (!isPackage(line)) return;
      packages += 1;
      build.compiled(packages);
    },
  });
  return code === 0 ? undefined : lastWords(output);
}

export function buildArguments({ program, output, jobs }: Pick<GoBuild, 'program' | 'output' | 'jobs'>): string[] {
  const variables = Object.entries(program.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const parallel = jobs === undefined ? [] : ['-p', String(jobs)];
  const flags = ['-v', '-mod=readonly', '-modcacherw', '-buildvcs=false', '-trimpath', ...parallel];
  return ['build', ...flags, '-ldflags', ['-s', '-w', ...variables].join(' '), '-o', output, program.package];
}

/** The user's own proxy settings stay; what would change the result goes. */
export function buildEnvironment(
  env: NodeJS.ProcessEnv,
  { work, jobs }: Pick<GoBuild, 'work' | 'jobs'>,
): NodeJS.ProcessEnv {
  const { GOFLAGS: _flags, GOOS: _os, GOARCH: _arch, GO111MODULE: _modules, GOEXPERIMENT: _experiment, ...rest } = env;
  return {
    ...rest,
    CGO_ENABLED: '0',
    GOWORK: 'off',
    GOCACHE: path.join(work, 'build'),
    GOMODCACHE: path.join(work, 'modules'),
    ...(jobs === undefined ? {} : { GOMAXPROCS: String(jobs) }),
  };
}

/** `go build -v` names every package that it compiles, among lines about downloads. */
export function isPackage(line: string): boolean {
  return /^[\w.~/-]+$/.test(line);
}

/** What went wrong, without the packages that went right. */
export function lastWords(output: string): string {
  const lines = output
    .split('\n')
    .filter((line) => line.trim() !== '' && !isPackage(line) && !line.startsWith('go: downloading'));
  return lines.slice(-6).join(' | ');
}

interface GoOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly heard?: (line: string) => void;
}

async function go(
  args: readonly string[],
  options: GoOptions,
): Promise<{ readonly code: number; readonly output: string }> {
  const { env, cwd, signal, heard } = options;
  const child = spawn('go', args, { env, cwd, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let rest = '';
  const listen = (text: string): void => {
    output += text;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) heard?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', listen);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve({ code: 127, output: error.message });
    });
    child.once('close', (code) => {
      resolve({ code: code ?? 137, output });
    });
  });
}
