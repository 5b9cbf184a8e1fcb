import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { findTasks, projectVersion } from '../../scripts/build/project.ts';
import { packageExtension } from '../../scripts/package/package-extension.ts';
import { copyProject, type ProjectCopy } from './copy.ts';

describe('the package', function () {
  this.timeout(120_000);
  const copies: ProjectCopy[] = [];
  let file = '';
  let bytes: Buffer;
  let entries: Record<string, Uint8Array>;

  before(async () => {
    const copy = await copyProject();
    copies.push(copy);
    const result = await packageExtension(copy.root);
    assert.deepEqual(result.problems, []);
    file = result.file ?? '';
    bytes = await readFile(file);
    entries = unzipSync(bytes);
  });

  after(async () => {
    for (const copy of copies) await copy.remove();
  });

  const text = (name: string): string => strFromU8(entries[name] ?? new Uint8Array());

  it('is named after publisher, extension and version', () => {
    assert.equal(path.basename(file), `keyless-pods.keyless-pods-${projectVersion()}.vsix`);
  });

  it('is the same, byte for byte, when it is made again at another path', async () => {
    const other = await copyProject();
    copies.push(other);
    const again = await packageExtension(other.root);
    assert.deepEqual(again.problems, []);
    assert.ok(bytes.equals(await readFile(again.file ?? '')));
  });

  it('holds exactly the files that it should', () => {
    const around = [
      'CHANGELOG.md',
      'LICENSE.txt',
      'THIRD-PARTY-NOTICES.txt',
      '[Content_Types].xml',
      'extension.vsixmanifest',
      'extension.vsomanifest',
    ];
    const ofTasks = findTasks().flatMap(({ folder }) =>
      ['icon.png', 'index.js', 'package.json', 'task.json'].map((name) => `${folder}/${name}`),
    );
    const wanted = [...around, 'images/icon.png', 'overview.md', ...ofTasks].sort();
    const parts = /^tasks\/\w+\/\w+V\d+\/part-[A-Z0-9]{8}\.js$/;
    assert.deepEqual(
      Object.keys(entries)
        .filter((name) => !parts.test(name))
        .sort(),
      wanted,
    );
  });

  it('has at most 5 MB', () => {
    assert.ok(bytes.length <= 5_000_000, `${String(bytes.length)} bytes`);
  });

  it('shows its icon, its page and its licence on the Marketplace', () => {
    const manifest = text('extension.vsixmanifest');
    assert.match(manifest, /Type="Microsoft\.VisualStudio\.Services\.Icons\.Default"[^>]*Path="images\/icon\.png"/);
    assert.match(manifest, /Type="Microsoft\.VisualStudio\.Services\.Content\.Details"[^>]*Path="overview\.md"/);
    assert.match(manifest, /Type="Microsoft\.VisualStudio\.Services\.Content\.License"[^>]*Path="LICENSE\.txt"/);
  });

  it('is not public', () => {
    assert.doesNotMatch(text('extension.vsixmanifest'), /<GalleryFlags>[^<]*Public/);
  });

  it('contributes every task and asks for no scope', () => {
    const { contributions, scopes } = JSON.parse(text('extension.vsomanifest')) as {
      contributions: { properties: { name: string } }[];
      scopes?: string[];
    };
    const names = contributions.map(({ properties }) => properties.name).sort();
    assert.deepEqual(
      names,
      findTasks().map(({ name }) => `tasks/${name}`),
    );
    assert.deepEqual(scopes ?? [], []);
  });

  it('names every bundled package with the text of its licence', () => {
    const notices = text('THIRD-PARTY-NOTICES.txt');
    assert.match(notices, /^azure-pipelines-task-lib \d+\.\d+\.\d+ \(MIT\)$/m);
    assert.match(notices, /Permission is hereby granted, free of charge/);
  });
});
