/** As much of a POSIX shell as run commands need: simple commands in lines, quotes, `$?`, and files for streams. */

export interface Word {
  readonly text: string;
  /** `$?` stands in it, as {@link STATUS}. */
  readonly status: boolean;
}

export interface SimpleCommand {
  readonly words: readonly Word[];
  /** File names. */
  readonly stdin?: string;
  readonly stderr?: string;
}

/** Where `$?` stood. */
export const STATUS = '\u0000';

type Token = Word | { readonly redirect: '<' | '2>' };

/** Undefined where something else stands in it: then nobody knows what it would do. */
export function readShell(script: string): readonly SimpleCommand[] | undefined {
  const commands: SimpleCommand[] = [];
  for (let rest = script; rest.trim() !== '';) {
    const read = readCommand(rest);
    if (!read) return undefined;
    if (read.command) commands.push(read.command);
    rest = read.rest;
  }
  return commands;
}

const parts: readonly { readonly form: RegExp; readonly text: (groups: readonly string[]) => string }[] = [
  { form: /^'([^']*)'/, text: ([, inside = '']) => inside },
  { form: /^"\$\?"/, text: () => STATUS },
  { form: /^"([^"$`\\]*)"/, text: ([, inside = '']) => inside },
  { form: /^\\([^\n])/, text: ([, inside = '']) => inside },
  { form: /^\$\?/, text: () => STATUS },
  { form: /^[\w./:=,@%+-]+/, text: ([all = '']) => all },
];

function readCommand(text: string): { readonly command: SimpleCommand | undefined; readonly rest: string } | undefined {
  const tokens: Token[] = [];
  let rest = text;
  for (;;) {
    rest = rest.replace(/^[ \t]+/, '');
    if (rest === '' || rest.startsWith('\n')) {
      const command = commandOf(tokens);
      return command || tokens.length === 0 ? { command, rest: rest.slice(1) } : undefined;
    }
    const redirect = /^(?:2>|<)(?![<>&])/.exec(rest)?.[0] as '<' | '2>' | undefined;
    if (redirect !== undefined) {
      tokens.push({ redirect });
      rest = rest.slice(redirect.length);
      continue;
    }
    const word = readWord(rest);
    if (!word) return undefined;
    tokens.push(word.word);
    rest = word.rest;
  }
}

function readWord(text: string): { readonly word: Word; readonly rest: string } | undefined {
  let [rest, word] = [text, ''];
  while (rest !== '' && !/^[ \t\n<>]/.test(rest)) {
    const part = parts.find(({ form }) => form.test(rest));
    const found = part?.form.exec(rest);
    if (!part || !found) return undefined;
    word += part.text(found);
    rest = rest.slice(found[0].length);
  }
  return rest === text ? undefined : { word: { text: word, status: word.includes(STATUS) }, rest };
}

function commandOf(tokens: readonly Token[]): SimpleCommand | undefined {
  const words: Word[] = [];
  const files: { stdin?: string; stderr?: string } = {};
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) return undefined;
    if ('text' in token) {
      words.push(token);
      continue;
    }
    const file = tokens[(at += 1)];
    if (!file || !('text' in file)) return undefined;
    files[token.redirect === '<' ? 'stdin' : 'stderr'] = file.text;
  }
  return words.length === 0 ? undefined : { words, ...files };
}
