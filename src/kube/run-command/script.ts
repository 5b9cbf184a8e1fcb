import { randomBytes } from 'node:crypto';
import type { KubectlCall } from './kubectl.ts';
import { FILE } from './kubectl.ts';

/** Several calls as one shell script, with the files that it reads, and how to read what it prints. */
export interface Script {
  /** By name. */
  readonly files: Readonly<Record<string, string>>;
  /** One for each call, in their order; undefined where the end of it is not there. */
  read(logs: string): readonly (Printed | undefined)[];
}

export interface Printed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const SCRIPT = 'keyless-pods.sh';
const ERRORS = '/tmp/keyless-pods.err';

/**
 * Each call's output stands between lines with a word that nobody can know before: whatever a call prints, it cannot
 * pass for the end of it.
 */
export function scriptOf(calls: readonly KubectlCall[], word: string = randomBytes(16).toString('hex')): Script {
  const files = Object.fromEntries(
    calls.flatMap(({ file }, index) => (file === undefined ? [] : [[nameOf(index), file]])),
  );
  const lines = [mark(word, 'begin'), ...calls.flatMap((call, index) => linesOf(call, index, word))];
  return {
    files: { [SCRIPT]: `${lines.join('\n')}\n`, ...files },
    read: (logs) => printed(logs, word, calls.length),
  };
}

function nameOf(index: number): string {
  return `${String(index)}.json`;
}

function linesOf(call: KubectlCall, index: number, word: string): readonly string[] {
  const words = call.arguments.map((each) => quoted(each === FILE ? nameOf(index) : each));
  const from = call.fromFile === true ? ` <${nameOf(index)}` : '';
  return [
    `kubectl ${words.join(' ')}${from} 2>${ERRORS}`,
    `printf '\\n%s %s\\n' '${word} ${String(index)}' "$?"`,
    `cat ${ERRORS}`,
    mark(word, `${String(index)} end`),
  ];
}

function mark(word: string, text: string): string {
  return `printf '\\n%s\\n' '${word} ${text}'`;
}

/** One word for a POSIX shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function printed(logs: string, word: string, count: number): readonly (Printed | undefined)[] {
  // Before, between and after the marks; every second part is what a mark says.
  const parts = logs.split(new RegExp(String.raw`\r?\n${word} ([^\r\n]*)\r?\n`));
  return Array.from({ length: count }, (_, index) => {
    const before = index === 0 ? 'begin' : `${String(index - 1)} end`;
    const at = parts.findIndex((part, place) => place % 2 === 1 && part === before);
    const [stdout, status, stderr, end] = at < 0 ? [] : parts.slice(at + 1, at + 5);
    if (stdout === undefined || status === undefined || stderr === undefined) return undefined;
    if (end !== `${String(index)} end`) return undefined;
    return { exitCode: Number(status.split(' ')[1]), stdout, stderr };
  });
}
