/**
 * `npm run bench`: what the packaged tasks cost on the sandbox of this machine. Ratios are what to compare: absolute times
 * are this machine's.
 *
 *   npm run bench                      all sections, printed
 *   npm run bench -- --only article    one section (may be said again)
 *   npm run bench -- --write           into docs/performance.md; sections that were not measured stay as they are
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { article } from './bench/article.ts';
import { firstRequest } from './bench/first-request.ts';
import { fleet } from './bench/fleet.ts';
import { preface } from './bench/preface.ts';
import type { Section } from './bench/section.ts';
import { withSections } from './bench/section.ts';
import { secondRun } from './bench/second-run.ts';
import { seed } from './bench/seed.ts';
import { sizes } from './bench/sizes.ts';

const DOCUMENT = 'docs/performance.md';

/** In the order of the document. */
const sections: readonly Section[] = [article, firstRequest, secondRun, seed, fleet, sizes];

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, write: { type: 'boolean' } } });
const unknown = (values.only ?? []).filter((name) => !sections.some((section) => section.name === name));
if (unknown.length > 0) {
  throw new Error(`There is no section ${unknown.join(', ')}; allowed: ${sections.map(({ name }) => name).join(', ')}`);
}
const measured: { readonly title: string; readonly lines: readonly string[] | undefined }[] = [];
for (const section of sections) {
  const wanted = values.only === undefined || values.only.includes(section.name);
  const lines = wanted ? await section.measure() : undefined;
  if (lines) console.log([`## ${section.title}`, '', ...lines, ''].join('\n'));
  measured.push({ title: section.title, lines });
}
if (values.write) writeFileSync(DOCUMENT, withSections(readFileSync(DOCUMENT, 'utf8'), preface, measured));
