/** az itself, unmodified, from PyPI: made once in a virtual environment of its own, outside of every checkout. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { cacheDirectory } from '../../sandbox/kit/cache-directory.ts';
import { takeLock } from '../support/lock.ts';
import { runProgram, type Ran } from './run.ts';

/** What the judge's request sequences and the bench's figures belong to. */
export const azureCliVersion = '2.91.0';

export type AzureCli =
  | {
      readonly found: true;
      /** The folder that holds `az`: goes to the front of PATH. */
      readonly folder: string;
    }
  | {
      readonly found: false;
      /** What is missing and what would be needed. */
      readonly reason: string;
      /** True where this machine has all that the installation needs, and it failed all the same. */
      readonly failed: boolean;
    };

/** Written last: an environment without it is half made, and is made anew. */
const complete = 'complete.json';

/** Finds az in the cache or installs it, which takes minutes and 750 MB; `say` hears of the progress. */
export async function findAzureCli(say: (line: string) => void): Promise<AzureCli> {
  const missing = await missingTools();
  if (missing !== undefined) return { found: false, reason: missing, failed: false };
  const home = path.join(cacheDirectory(), `azure-cli-${azureCliVersion}`);
  const release = await takeLock(`${home}.lock`, 'installs azure-cli', say);
  try {
    if (!existsSync(path.join(home, complete))) await install(home, say);
    return { found: true, folder: path.join(home, 'bin') };
  } catch (error) {
    return { found: false, reason: error instanceof Error ? error.message : String(error), failed: true };
  } finally {
    await release();
  }
}

/** Undefined where everything is there. */
async function missingTools(): Promise<string | undefined> {
  if (process.platform === 'win32') return 'the judge runs az in bash: use Linux, macOS or WSL.';
  const check = { longest: 60_000 };
  if ((await runProgram('bash', ['-c', 'true'], check)).code !== 0) return 'bash is missing: install bash.';
  // Debian splits venv and ensurepip off into a package of their own.
  const python = await runProgram(
    'python3',
    ['-c', 'import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 10))'],
    check,
  );
  if (python.code === 0) return undefined;
  return `Python is missing: install Python 3.10 or newer with venv (Debian and Ubuntu: apt-get install python3-venv), and let this machine reach PyPI. python3 said: ${lastLines(python)}`;
}

async function install(home: string, say: (line: string) => void): Promise<void> {
  say(`Installing azure-cli ${azureCliVersion} from PyPI into ${home}: once, some minutes, about 750 MB.`);
  const started = performance.now();
  await rm(home, { recursive: true, force: true });
  await mkdir(path.dirname(home), { recursive: true });
  const step = async (title: string, command: string, args: readonly string[]): Promise<void> => {
    const seconds = (): string => ((performance.now() - started) / 1000).toFixed(0);
    say(`  ${title} (${seconds()} s)`);
    const progress = setInterval(() => {
      say(`  ${title} (${seconds()} s)`);
    }, 20_000);
    try {
      const ran = await runProgram(command, args, { longest: 30 * 60_000 });
      if (ran.code !== 0)
        throw new Error(`azure-cli ${azureCliVersion} cannot be installed from PyPI (${title}): ${lastLines(ran)}`);
    } finally {
      clearInterval(progress);
    }
  };
  await step('making the virtual environment', 'python3', ['-m', 'venv', home]);
  const quiet = ['--no-input', '--disable-pip-version-check', '--quiet'];
  await step('pip install azure-cli', path.join(home, 'bin', 'python'), [
    '-m',
    'pip',
    'install',
    ...quiet,
    `azure-cli==${azureCliVersion}`,
  ]);
  await step('asking az for its version', path.join(home, 'bin', 'az'), ['version', '--output', 'none']);
  const seconds = Math.round((performance.now() - started) / 1000);
  await writeFile(path.join(home, complete), JSON.stringify({ version: azureCliVersion, seconds }));
  say(`azure-cli ${azureCliVersion} is installed (${String(seconds)} s).`);
}

function lastLines({ stdout, stderr }: Ran): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-4).join(' | ');
}
