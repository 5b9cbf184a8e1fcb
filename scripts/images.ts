/** Draws the PNG icons from their SVG sources in images/. `--check` only says whether they are up to date. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findTasks, repositoryRoot } from './build/project.ts';
import { renderIcon } from './images/render-icon.ts';

interface Icon {
  readonly source: string;
  readonly picture: string;
}

const icons: readonly Icon[] = [
  { source: 'images/icon.svg', picture: 'images/icon.png' },
  ...findTasks().map(({ name, folder }) => ({ source: `images/tasks/${name}.svg`, picture: `${folder}/icon.png` })),
];

const onlyCheck = process.argv.includes('--check');
for (const icon of icons) await draw(icon);

async function draw({ source, picture }: Icon): Promise<void> {
  const svg = await readFile(path.join(repositoryRoot, source), 'utf8');
  const drawn = await renderIcon(svg);
  const file = path.join(repositoryRoot, picture);
  if (!onlyCheck) {
    await writeFile(file, drawn);
    console.log(`${picture} drawn from ${source}`);
    return;
  }
  const present = await readFile(file).catch(() => Buffer.alloc(0));
  if (present.equals(drawn)) return;
  console.error(`${picture} is not what ${source} shows: node --import tsx scripts/images.ts`);
  process.exitCode = 1;
}
