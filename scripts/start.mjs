/**
 * `npm start`: installs where needed, then scripts/start.ts does the rest. Plain JavaScript, because it starts before
 * anything is installed.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { orphaned } from '../sandbox/kit/orphaned.mjs';
import { ensureInstalled } from './ensure-installed.mjs';

const root = path.dirname(import.meta.dirname);
ensureInstalled(root);
const main = path.join(root, 'scripts', 'start.ts');
// tsx is named by its place: the user's working directory may be anywhere.
const tsx = import.meta.resolve('tsx');
const child = spawn(process.execPath, ['--import', tsx, main, ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl+C reaches the child by itself; this process only waits for it to stop everything.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
void orphaned().then(() => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
