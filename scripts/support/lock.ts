/** One process at a time, whoever else on this machine wants the same thing, too. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @param folder is the lock while it exists
 * @param does what its owner does, e.g. "installs azure-cli"
 * @returns what gives the lock back
 */
export async function takeLock(
  folder: string,
  does: string,
  say: (line: string) => void,
): Promise<() => Promise<void>> {
  await mkdir(path.dirname(folder), { recursive: true });
  const owner = path.join(folder, 'pid');
  for (let waited = 0; ; waited += 1) {
    if (
      await mkdir(folder).then(
        () => true,
        () => false,
      )
    )
      break;
    const pid = Number(await readFile(owner, 'utf8').catch(() => ''));
    // Whoever is dead, or has not written its id for seconds, holds nothing.
    if (pid > 0 ? !isAlive(pid) : waited > 5) await rm(folder, { recursive: true, force: true });
    if (waited % 30 === 1) say(`Waiting for process ${String(pid)}, which ${does}.`);
    await sleep(1000);
  }
  await writeFile(owner, String(process.pid));
  return () => rm(folder, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
