/**
 * Keeps the programs of one control plane, in a process of its own: when the sandbox goes, however it goes, the channel to
 * it breaks, and the keeper ends what it started, last first (an API server without its etcd hangs), and removes the folder.
 *
 *   keeper.mjs FOLDER    logs go to FOLDER/<program>.log
 */
import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** Data that nobody reads again needs no long farewell. */
const patience = 3000;
const [folder] = process.argv.slice(2);
/** @type {{name: string, child: import('node:child_process').ChildProcess}[]} */
const running = [];
let ending = false;

process.on('message', (message) => {
  if (message.start) start(message.start);
  else void end();
});
process.on('disconnect', () => void end());
// Ctrl+C and the like are the sandbox's business: it tells us, or it goes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

function start({ name, file, args }) {
  const log = openSync(path.join(folder, `${name}.log`), 'a', 0o600);
  const child = spawn(file, args, { cwd: folder, stdio: ['ignore', log, log], env: environment() });
  running.push({ name, child });
  const gone = () => {
    if (!ending && process.connected) process.send({ ended: name });
  };
  child.once('error', gone);
  child.once('exit', gone);
}

/** Nothing of the user's own settings: a proxy in the way of loopback, a kubeconfig. */
function environment() {
  return { PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder };
}

async function end() {
  if (ending) return;
  ending = true;
  for (const { child } of running.reverse()) await ended(child);
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

function ended(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), patience);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
