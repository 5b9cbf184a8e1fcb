/** What a container wrote, in the form in which a kubelet hands it out. */
import { KubeStatusError } from '../../contracts.ts';
import type { PodName } from './types.ts';

interface LogQuery {
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** Milliseconds since 1970; lines before it are left out. */
  readonly since: number | undefined;
}

interface Line {
  readonly time: Date;
  readonly text: string;
}

export class ContainerLog {
  readonly #lines: Line[] = [];
  readonly #waiting = new Set<() => void>();
  #ended = false;

  append(text: string): void {
    const time = new Date();
    for (const line of text.replace(/\n$/, '').split('\n')) this.#lines.push({ time, text: line });
    this.#wake();
  }

  /** Nothing comes any more: those who follow have seen all. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  read(query: LogQuery): string {
    const lines = this.#selected(query).map((line) => render(line, query.timestamps));
    const text = lines.join('');
    return query.limitBytes === undefined ? text : Buffer.from(text).subarray(0, query.limitBytes).toString();
  }

  async *follow(query: LogQuery): AsyncGenerator<string> {
    const first = this.read(query);
    if (first !== '') yield first;
    let seen = this.#lines.length;
    for (;;) {
      for (const line of this.#lines.slice(seen)) yield render(line, query.timestamps);
      seen = this.#lines.length;
      if (this.#ended) return;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #selected({ tailLines, since }: LogQuery): Line[] {
    const recent = since === undefined ? this.#lines : this.#lines.filter(({ time }) => time.getTime() >= since);
    return tailLines === undefined ? [...recent] : recent.slice(Math.max(0, recent.length - tailLines));
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

function render({ time, text }: Line, timestamps: boolean): string {
  // A kubelet writes nanoseconds; here the last six digits are always zero.
  return timestamps ? `${time.toISOString().replace('Z', '000000Z')} ${text}\n` : `${text}\n`;
}

export function logQuery(query: URLSearchParams): LogQuery {
  const number = (name: string): number | undefined => {
    const text = query.get(name);
    return text === null || text === '' ? undefined : Number(text);
  };
  const seconds = number('sinceSeconds');
  const time = query.get('sinceTime');
  return {
    follow: query.get('follow') === 'true',
    timestamps: query.get('timestamps') === 'true',
    tailLines: number('tailLines'),
    limitBytes: number('limitBytes'),
    since: seconds === undefined ? (time === null ? undefined : Date.parse(time)) : Date.now() - seconds * 1000,
  };
}

const smallest: Readonly<Record<string, number>> = { tailLines: 0, sinceSeconds: 1, limitBytes: 1 };

/** @throws KubeStatusError as the API server says it, before it looks for the pod */
export function checkLogQuery({ name }: PodName, query: URLSearchParams): void {
  const wrong = Object.entries(smallest).flatMap(([field, least]) => {
    const text = query.get(field);
    if (text === null || text === '' || Number(text) >= least) return [];
    return [`${field}: Invalid value: ${text}: must be greater than ${least === 0 ? 'or equal to 0' : '0'}`];
  });
  if (wrong.length === 0) return;
  const list = wrong.length === 1 ? String(wrong[0]) : `[${wrong.join(', ')}]`;
  const message = `PodLogOptions "${name}" is invalid: ${list}`;
  throw new KubeStatusError({ code: 422, reason: 'Invalid', message });
}
