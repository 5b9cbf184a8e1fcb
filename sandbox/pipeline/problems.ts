/** Everything that is wrong with a pipeline file, with places, reported together before anything runs. */

export interface Problem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const lines = sorted.map(({ line, column, message }) => `${file}:${String(line)}:${String(column)}: ${message}`);
    super(lines.join('\n'));
    this.problems = sorted;
  }
}
