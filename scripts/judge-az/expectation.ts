/** Compares what came with what had to come. Every difference is one line for a person. */
import { isDeepStrictEqual } from 'node:util';
import type { Case } from './case.ts';

/** What a case did, with placeholders in the place of ids. */
export interface Observed {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly requests: readonly string[];
  readonly changes: readonly string[];
}

/** Empty where all is as it should be. */
export function differences(expected: Case, observed: Observed): readonly string[] {
  return [
    ...(observed.exit === (expected.exit ?? 0)
      ? []
      : [`exit code ${String(observed.exit)} instead of ${String(expected.exit ?? 0)}`]),
    ...outputDifferences(expected.output, observed.stdout),
    ...missingWords(expected.says ?? [], `${observed.stdout}\n${observed.stderr}`),
    ...(expected.requests ? listDifferences('requests', expected.requests, observed.requests) : []),
    ...listDifferences('changes', expected.changes ?? [], observed.changes),
    ...observed.requests.filter((line) => line.endsWith(' -> 501')).map((line) => `not imitated: ${line}`),
  ];
}

function outputDifferences(expected: unknown, stdout: string): readonly string[] {
  if (expected === undefined) return [];
  const told = stdout.replace(/\n$/, '');
  if (typeof expected === 'string') return told === expected ? [] : [`output "${told}" instead of "${expected}"`];
  let parsed: unknown;
  try {
    parsed = JSON.parse(told);
  } catch {
    return [`output is no JSON: ${told.slice(0, 200)}`];
  }
  return valueDifferences(expected, parsed, 'output');
}

/** Objects may hold more than is expected, lists may not. */
function valueDifferences(expected: unknown, actual: unknown, place: string): readonly string[] {
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((value, index) => valueDifferences(value, actual[index], `${place}[${String(index)}]`));
  }
  if (isRecord(expected) && isRecord(actual)) {
    return Object.entries(expected).flatMap(([name, value]) =>
      valueDifferences(value, actual[name], `${place}.${name}`),
    );
  }
  if (isDeepStrictEqual(expected, actual)) return [];
  const found = actual === undefined ? 'missing' : JSON.stringify(actual);
  return [`${place} is ${found} instead of ${JSON.stringify(expected)}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function missingWords(words: readonly string[], text: string): readonly string[] {
  let from = 0;
  return words.flatMap((word) => {
    const at = text.indexOf(word, from);
    if (at === -1) return [`"${word}" was not said`];
    from = at + word.length;
    return [];
  });
}

function listDifferences(what: string, expected: readonly string[], actual: readonly string[]): readonly string[] {
  if (isDeepStrictEqual(expected, actual)) return [];
  const lines = (list: readonly string[]): string => list.map((line) => `\n      ${line}`).join('') || ' none';
  return [`${what} are${lines(actual)}\n    instead of${lines(expected)}`];
}
