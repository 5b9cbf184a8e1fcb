/** Writes docs/troubleshooting.md from the catalogue, so that every code has its anchor and no page says something else. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { CatalogueEntry } from '../src/diagnostics/catalogue.ts';
import { catalogue } from '../src/diagnostics/catalogue.ts';

export const troubleshootingFile = new URL('../docs/troubleshooting.md', import.meta.url);

const areas: Readonly<Record<string, string>> = {
  INP: 'Inputs',
  RUN: 'Runs',
  CON: 'Service connections and network',
  AZR: 'Azure Resource Manager',
  AKS: 'AKS clusters',
  FLT: 'Many clusters',
  GRA: 'Identities and role assignments',
  KVT: 'Key vaults',
  KUB: 'Kubernetes',
  POD: 'AAD Pod Identity',
  CHK: 'Proof from inside a pod',
  DOC: 'The chain from a pod to its secret',
};

export function troubleshootingPage(): string {
  const entries = Object.entries(catalogue as Readonly<Record<string, CatalogueEntry>>);
  const unknown = entries.filter(([code]) => areas[code.slice(0, 3)] === undefined).map(([code]) => code);
  if (unknown.length > 0) throw new Error(`No area in scripts/troubleshooting.ts for: ${unknown.join(', ')}`);
  const sections = Object.entries(areas).flatMap(([prefix, title]) => {
    const own = entries.filter(([code]) => code.startsWith(prefix));
    return own.length === 0 ? [] : [`## ${title}`, ...own.map(([code, entry]) => section(code, entry))];
  });
  return [
    '# Troubleshooting',
    'Every failure and warning of the tasks carries a code. This page is made from the catalogue in `src/diagnostics` by `npm run docs`.',
    ...sections,
    '',
  ].join('\n\n');
}

function section(code: string, { title, cause, fix }: CatalogueEntry): string {
  return `### ${code}\n\n**${title}**\n\n${bullet(`Cause: ${cause}`)}\n${bullet(`Next: ${fix}`)}`;
}

const WIDEST = 118;

/** One list item, broken into lines that a reader of the source can take in. */
function bullet(text: string): string {
  const lines: string[] = [];
  let line = '-';
  for (const word of text.split(' ')) {
    if (line.length + word.length < WIDEST) {
      line += ` ${word}`;
      continue;
    }
    lines.push(line);
    line = `  ${word}`;
  }
  return [...lines, line].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const page = troubleshootingPage().trimEnd() + '\n';
  const before = readable();
  writeFileSync(troubleshootingFile, page);
  console.log(before === page ? 'docs/troubleshooting.md is up to date.' : 'docs/troubleshooting.md was written.');
}

function readable(): string | undefined {
  try {
    return readFileSync(troubleshootingFile, 'utf8');
  } catch {
    return undefined;
  }
}
