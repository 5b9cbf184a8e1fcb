/** THIRD-PARTY-NOTICES: what is bundled, under which licence, with the licence's text. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { BundledPackage } from './packages.ts';

/** Licences that allow shipping inside another product and ask for no more than their text. */
const permissive: readonly string[] = [
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
];

/** @throws Error that lists every package whose licence is unknown, not permissive, or has no text. */
export function thirdPartyNotices(root: string, packages: readonly BundledPackage[]): string {
  const unique = new Map(packages.map((one) => [`${one.name} ${one.version}`, one]));
  const problems = [...unique.values()].flatMap((one) => licenseProblems(root, one));
  if (problems.length > 0) throw new Error(`Licences of bundled packages:\n  ${problems.join('\n  ')}`);
  const sections = [...unique.entries()].map(([title, one]) => {
    const heading = `${title} (${String(one.license)})`;
    return `${heading}\n${'-'.repeat(heading.length)}\n\n${licenseText(root, one)}\n`;
  });
  const opening = `Keyless Pods contains code of the following ${String(unique.size)} packages.\n`;
  return [opening, ...sections].join('\n');
}

function licenseProblems(root: string, one: BundledPackage): string[] {
  const title = `${one.name} ${one.version}`;
  if (typeof one.license !== 'string') return [`${title}: package.json names no licence`];
  if (!isPermissive(one.license)) return [`${title}: ${one.license} is not among the licences that may be shipped`];
  return licenseText(root, one) === '' ? [`${title}: has no licence text and no author to name in one`] : [];
}

/** SPDX expressions as npm packages use them: `A`, `(A OR B)`, `A AND B`. */
export function isPermissive(expression: string): boolean {
  const alternatives = expression.replaceAll(/[()]/g, '').split(/\s+OR\s+/);
  return alternatives.some((terms) => terms.split(/\s+AND\s+/).every((term) => permissive.includes(term.trim())));
}

function licenseText(root: string, one: BundledPackage): string {
  const folder = path.join(root, one.folder);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|unlicense|copying|notice)([.-].*)?$/i.test(file));
  const texts = files.sort().map((file) => readFileSync(path.join(folder, file), 'utf8'));
  if (texts.length > 0) return texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
  return standardText(one);
}

/** Some packages ship no licence file. MIT and ISC then bind by their well-known text and the author's name. */
function standardText({ license, author }: BundledPackage): string {
  const name = typeof author === 'string' ? author : (author as { name?: string } | undefined)?.name;
  if (name === undefined || license !== 'MIT') return '';
  return `Copyright (c) ${name}\n\n${mit}`;
}

const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
