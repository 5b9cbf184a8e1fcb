/** Shows a run in the terminal: stages and jobs as headings, each step's log behind a line, colours only on a terminal. */
import { styleText } from 'node:util';
import type { PipelineObserver, Step, StepRun } from '../../sandbox/pipeline/index.ts';

export interface Terminal {
  readonly colours: boolean;
  write(line: string): void;
}

type Style = Parameters<typeof styleText>[0];

const resultStyles: Readonly<Record<StepRun['result'], Style>> = {
  Succeeded: 'green',
  SucceededWithIssues: 'yellow',
  Failed: 'red',
  Canceled: 'yellow',
  Skipped: 'gray',
};
const lineStyles: readonly (readonly [prefix: string, style: Style])[] = [
  ['##[error]', 'red'],
  ['##[warning]', 'yellow'],
  ['##[section]', 'green'],
  ['##[command]', 'blue'],
  ['##[debug]', 'gray'],
];
/** The agent's frame around what a task is: known from the heading here. */
const frame = '='.repeat(78);

export class Printer implements PipelineObserver {
  readonly #terminal: Terminal;
  #framesToCome = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  heading(text: string): void {
    this.#terminal.write('');
    this.#terminal.write(this.#style('bold', text));
  }

  say(text: string): void {
    this.#terminal.write(text);
  }

  stageStarted({ displayName }: { readonly displayName: string }): void {
    if (displayName !== '') this.heading(`Stage ${displayName}`);
  }

  jobStarted({ displayName, kind }: { readonly displayName: string; readonly kind: string }): void {
    this.#terminal.write(`  ${kind === 'deployment' ? 'Deployment' : 'Job'} ${displayName}`);
  }

  stepStarted(step: Step, part: StepRun['part']): void {
    const where = part === 'main' ? '' : ` (${part})`;
    this.#terminal.write('');
    this.#terminal.write(`    ${this.#style('bold', step.displayName)}${where}  ${this.#style('gray', kindOf(step))}`);
    this.#framesToCome = 2;
  }

  line(text: string): void {
    if (this.#framesToCome > 0) {
      if (text === frame) this.#framesToCome -= 1;
      return;
    }
    const [, style] = lineStyles.find(([prefix]) => text.startsWith(prefix)) ?? [];
    this.#terminal.write(`    ${this.#style('gray', '│')} ${style === undefined ? text : this.#style(style, text)}`);
  }

  stepEnded({ step, result, milliseconds }: StepRun): void {
    const took = result === 'Skipped' ? '' : ` in ${seconds(milliseconds)}`;
    const name = result === 'Skipped' ? ` ${step.displayName}` : '';
    this.#terminal.write(`    ${this.#style('gray', '└')} ${this.#style(resultStyles[result], result)}${name}${took}`);
  }

  skipped(name: string, reason: string): void {
    this.#terminal.write(`  ${this.#style('gray', `${name} is skipped: ${reason}`)}`);
  }

  /** Columns as wide as their widest cell. */
  table(rows: readonly (readonly string[])[]): void {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    for (const row of rows) {
      const cells = row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)));
      this.#terminal.write(`  ${cells.join('  ')}`);
    }
  }

  #style(style: Style, text: string): string {
    return this.#terminal.colours ? styleText(style, text, { validateStream: false }) : text;
  }
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function kindOf(step: Step): string {
  switch (step.kind) {
    case 'task':
      return `${step.definition.name}@${String(step.definition.major)}`;
    case 'inBox':
      return `${step.task.name}@${String(step.task.major)}, stand-in`;
    case 'script':
    case 'checkout':
      return step.kind;
  }
}
