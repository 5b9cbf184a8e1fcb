import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../../scripts/build/project.ts';
import { documents, readText } from './project.ts';

describe('a link', () => {
  for (const file of documents()) {
    it(`in ${file} leads somewhere`, () => {
      assert.deepEqual(
        links(readText(file)).flatMap((link) => brokenLink(file, link)),
        [],
      );
    });
  }

  it('on the Marketplace page is absolute: the page has no files beside it', () => {
    assert.deepEqual(
      links(readText('overview.md')).filter((link) => !/^(https:|#)/.test(link)),
      [],
    );
  });
});

describe('the check of links', () => {
  it('finds a missing file, a missing anchor and a link out of the repository', () => {
    assert.deepEqual(brokenLink('README.md', 'docs/nowhere.md'), ['docs/nowhere.md: there is no such file']);
    assert.deepEqual(brokenLink('README.md', 'CHANGELOG.md#nowhere'), [
      'CHANGELOG.md#nowhere: there is no such heading',
    ]);
    assert.deepEqual(brokenLink('README.md', '../x.md'), ['../x.md: leads out of the repository']);
    assert.deepEqual(brokenLink('docs/testing.md', '../CHANGELOG.md#unreleased'), []);
  });

  it('reads anchors as GitHub makes them', () => {
    const text = '# What `it` does: A & B\n\n## Same\n\n## Same\n\n<a id="own"></a>\n';
    assert.deepEqual([...anchors(text)], ['what-it-does-a--b', 'same', 'same-1', 'own']);
  });
});

function links(markdown: string): string[] {
  const prose = markdown.replaceAll(/^[ \t]*```[\s\S]*?^[ \t]*```/gm, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\((?<target>[^)\s]+)[^)]*\)/g)].map(({ groups }) => groups?.['target'] ?? '');
}

function brokenLink(file: string, link: string): string[] {
  if (/^[a-z]+:/.test(link)) return [];
  const [target = '', anchor] = link.split('#');
  const found = target === '' ? file : path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
  if (found.startsWith('..')) return [`${link}: leads out of the repository`];
  const full = path.join(repositoryRoot, found);
  if (!existsSync(full)) return [`${link}: there is no such file`];
  if (anchor === undefined || !statSync(full).isFile() || !found.endsWith('.md')) return [];
  return anchors(readText(found)).has(anchor) ? [] : [`${link}: there is no such heading`];
}

function anchors(markdown: string): Set<string> {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```/gm, '');
  const found = new Set<string>();
  for (const [, heading] of prose.matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = slug(heading ?? '');
    let free = anchor;
    for (let number = 1; found.has(free); number += 1) free = `${anchor}-${String(number)}`;
    found.add(free);
  }
  for (const [, id] of prose.matchAll(/<a (?:id|name)="([^"]+)"/g)) found.add(id ?? '');
  return found;
}

function slug(heading: string): string {
  const text = heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase();
  return text.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
}
