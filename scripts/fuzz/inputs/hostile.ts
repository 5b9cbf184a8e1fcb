/** Texts that no input expects, and what becomes of one that it does expect. */
import fc from 'fast-check';

/** Commands that would hurt if the agent obeyed them, and other languages that a text could be mistaken for. */
export const fragments: readonly string[] = [
  '##vso[task.setvariable variable=owned;isoutput=true]yes',
  '##VSO[task.complete result=Succeeded;]done',
  '##v##vso[so[task.prependpath]/tmp/evil',
  '\r##vso[task.setsecret]e',
  '\n##vso[task.setvariable variable=owned]yes\n',
  '##[error]owned',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '\0',
  '\u001B[31m',
  '\u2028',
  '\u202E',
  '\u200B',
  '\uFEFF',
  '\uD800',
  '😀',
  'İ',
  'ß',
  '/',
  '//',
  '/..',
  '/../../',
  '/./',
  '..',
  '.',
  '\\',
  '?',
  '?api-version=1',
  '#',
  ' # comment',
  '%',
  '%2F',
  '%2e%2e%2f',
  '%00',
  '%0A',
  '"',
  "'",
  "' or 1 eq 1 or '",
  '`id`',
  '$(id)',
  '$(resourceGroup)',
  '${x}',
  '{',
  '}',
  '{identity}',
  '{nobody}',
  '{__proto__}',
  '@',
  ';',
  ',',
  ', ',
  ' ',
  '*',
  '=',
  '&',
  '|',
  '<script>',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'true',
  'NaN',
  'Infinity',
  '-1',
  '1e999',
  '0x10',
  '٣',
];

const whole: readonly string[] = [
  ...fragments,
  '__proto__/x',
  'constructor/x',
  'toString/web',
  'query:',
  'query: Resources | where type =~ "x"',
  '/subscriptions/../../x',
  'Reader @ /',
  '@',
  '-'.repeat(300),
  'a'.repeat(5000),
  '/x'.repeat(2000),
];

export function hostileText(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...whole) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 5 }).map(join) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }) },
    { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.double()).map(String) },
  );
}

interface Edit {
  readonly how: 'insert' | 'cut' | 'double' | 'upper' | 'replace';
  readonly at: number;
  readonly length: number;
  readonly fragment: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  how: fc.constantFrom('insert', 'insert', 'cut', 'double', 'upper', 'replace'),
  at: fc.nat(10_000),
  length: fc.integer({ min: 1, max: 8 }),
  fragment: fc.constantFrom(...fragments),
});

/** A text that was right, with one or a few things wrong in it. */
export function nearly(right: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edits = fc.array(edit, { minLength: 1, maxLength: 3 });
  return fc.tuple(right, edits).map(([text, all]) => {
    let found = text;
    for (const each of all) found = edited(found, each);
    return found;
  });
}

function edited(text: string, { how, at, length, fragment }: Edit): string {
  const start = at % (text.length + 1);
  const [before, middle, after] = [text.slice(0, start), text.slice(start, start + length), text.slice(start + length)];
  switch (how) {
    case 'insert':
      return before + fragment + middle + after;
    case 'cut':
      return before + after;
    case 'double':
      return before + middle + middle + after;
    case 'upper':
      return before + middle.toUpperCase() + after;
    case 'replace':
      return before + fragment + after;
  }
}

function join(parts: readonly string[]): string {
  return parts.join('');
}
