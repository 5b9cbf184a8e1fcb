/** Log lines as klog writes them: `I1124 02:03:04.567890       1 mic.go:1170] text`. */

type Severity = 'I' | 'W' | 'E' | 'F';

export class Klog {
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** @param source file and line of the real program, e.g. `mic.go:1170` */
  write(severity: Severity, source: string, text: string): void {
    const now = new Date().toISOString();
    const date = `${now.slice(5, 7)}${now.slice(8, 10)}`;
    this.#write(`${severity}${date} ${now.slice(11, 23)}000       1 ${source}] ${text}`);
  }

  info(source: string, text: string): void {
    this.write('I', source, text);
  }

  warning(source: string, text: string): void {
    this.write('W', source, text);
  }

  error(source: string, text: string): void {
    this.write('E', source, text);
  }
}

/** `klog.Fatalf`: the line is written, then the process ends with 255. */
export class FatalError extends Error {
  override readonly name = 'FatalError';
  readonly source: string;
  readonly exitCode: number;

  constructor(source: string, message: string, exitCode = 255) {
    super(message);
    this.source = source;
    this.exitCode = exitCode;
  }
}
