/**
 * Draws what a terminal showed as an SVG: `npm start 2>&1 | tee out.txt`, then
 * `node --import tsx scripts/picture.ts out.txt docs/images/npm-start.svg 8-35,109-160` (ranges of lines; all where none is given).
 * Nothing is made up: the picture is the text, with the colours that the terminal was told.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const CHARACTER = 8.4;
const LINE = 18;
const MARGIN = 16;
const WIDEST = 132;

/** SGR foreground codes to colours that read well on the dark background. */
const colours: Readonly<Record<string, string>> = {
  '31': '#ff7b72',
  '32': '#7ee787',
  '33': '#e3b341',
  '34': '#79c0ff',
  '35': '#d2a8ff',
  '36': '#76e3ea',
  '90': '#8b949e',
};

/** Movements of the cursor and the like: a picture has none. */
const movements = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-ln-z]`, 'g');

// Built from text, because a control character in a pattern is refused by the linter as a likely mistake.
const escape = new RegExp(`^${String.fromCharCode(27)}\\[([0-9;]*)m$`);
const escapes = new RegExp(`(${String.fromCharCode(27)}\\[[0-9;]*m)`);

interface Run {
  readonly text: string;
  readonly colour: string;
  readonly bold: boolean;
}

const [source, target, ranges] = process.argv.slice(2);
if (source === undefined || target === undefined) throw new Error('picture.ts <output> <picture.svg> [first-last,...]');
const all = readFileSync(source, 'utf8').trimEnd().split(/\r?\n/);
const parts = (ranges ?? `1-${String(all.length)}`).split(',').map((range) => {
  const [first = 1, last = first] = range.split('-').map(Number);
  return all.slice(first - 1, last);
});
const lines = parts.flatMap((part, index) => (index === 0 ? part : ['    [...]', ...part])).map((line) => runsOf(line));
writeFileSync(target, draw(lines));
console.log(`${target}: ${String(lines.length)} of ${String(all.length)} lines`);

/** One line as pieces of one colour each, cut at the width of the picture. */
function runsOf(line: string): Run[] {
  const runs: Run[] = [];
  let style = { colour: '#e6edf3', bold: false };
  let room = WIDEST;
  for (const piece of line.replaceAll(movements, '').split(escapes)) {
    const codes = escape.exec(piece)?.[1];
    if (codes !== undefined) {
      style = styled(style, codes);
      continue;
    }
    const text = piece.length > room ? `${piece.slice(0, Math.max(0, room - 1))}…` : piece;
    if (text !== '' && room > 0) runs.push({ text, ...style });
    room -= piece.length;
  }
  return runs;
}

function styled(before: { colour: string; bold: boolean }, codes: string): { colour: string; bold: boolean } {
  let after = before;
  for (const code of codes === '' ? ['0'] : codes.split(';')) {
    if (code === '0') after = { colour: '#e6edf3', bold: false };
    if (code === '1') after = { ...after, bold: true };
    if (code === '2') after = { ...after, colour: '#8b949e' };
    const colour = colours[code];
    if (colour !== undefined) after = { ...after, colour };
  }
  return after;
}

function draw(drawn: readonly Run[][]): string {
  const longest = Math.max(...drawn.map((runs) => runs.map(({ text }) => text).join('').length));
  const width = Math.ceil(longest * CHARACTER + 2 * MARGIN);
  const height = drawn.length * LINE + 2 * MARGIN;
  const body = drawn.map((runs, index) => {
    const y = MARGIN + LINE * (index + 0.75);
    return `<text x="${String(MARGIN)}" y="${y.toFixed(1)}" xml:space="preserve">${runs.map(span).join('')}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}" role="img">`,
    '<title>Output of npm start</title>',
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
    ...body,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function span({ text, colour, bold }: Run): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<tspan fill="${colour}"${bold ? ' font-weight="bold"' : ''}>${escaped}</tspan>`;
}
