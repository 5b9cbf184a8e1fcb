/** The sandbox's side of keeper.mjs: starts programs, hears of those that end, and ends them all. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FromKeeper, ToKeeper } from './keeper.mjs';
import { programFile, type ProgramName } from './programs.ts';

export class Keeper {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #exited: Promise<unknown>;
  readonly #ended = new Set<string>();

  /** @param folder of this cluster alone; removed at the end */
  constructor(folder: string) {
    this.#folder = folder;
    // Detached, because Ctrl+C in a terminal goes to every process of its group at once, and the order matters.
    this.#process = fork(path.join(import.meta.dirname, 'keeper.mjs'), [folder], {
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#exited = once(this.#process, 'exit');
    this.#process.on('message', (message) => {
      this.#ended.add((message as FromKeeper).ended);
    });
  }

  start(name: ProgramName, args: readonly string[]): void {
    this.#tell({ start: { name, file: programFile(name), args } });
  }

  /** @throws Error with the last words of the first program that ended by itself */
  check(): void {
    const [name] = this.#ended;
    if (name !== undefined) throw new Error(`${name} ended:\n${this.lastWords(name)}`);
  }

  lastWords(name: string): string {
    try {
      return readFileSync(path.join(this.#folder, `${name}.log`), 'utf8')
        .split('\n')
        .slice(-15)
        .join('\n');
    } catch {
      return '(it said nothing)';
    }
  }

  async stop(): Promise<void> {
    if (this.#process.connected) this.#tell({ end: true });
    await this.#exited;
  }

  #tell(message: ToKeeper): void {
    this.#process.send(message);
  }
}
