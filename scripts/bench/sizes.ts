import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundleTask } from '../build/bundle.ts';
import { repositoryRoot } from '../build/project.ts';
import { tableLines } from './markdown.ts';
import type { Section } from './section.ts';
import { trips } from './trips.ts';

/** Bytes of the bundles: what is read before the first line runs, and what is loaded when it is needed. */
export const sizes: Section = {
  name: 'sizes',
  title: 'Size of what is loaded',
  measure: async () => {
    const rows: string[][] = [];
    for (const { task } of trips) {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-sizes-'));
      const entry = `tasks/${task}/${task}V1/index.ts`;
      const { atStart, whenNeeded } = await bundleTask(repositoryRoot, entry, folder);
      rmSync(folder, { recursive: true });
      rows.push([task, kilobytes(atStart), kilobytes(whenNeeded)]);
    }
    return tableLines(['task', 'at the start', 'when needed, in addition'], rows);
  },
};

function kilobytes(files: ReadonlyMap<string, number>): string {
  let bytes = 0;
  for (const size of files.values()) bytes += size;
  return `${(bytes / 1000).toFixed(0)} kB`;
}
