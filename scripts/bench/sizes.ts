import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { packagedTask } from '../../tests/support/packaged.ts';
import type { Section } from './section.ts';
import { trips } from './trips.ts';

/** Bytes of the packaged tasks: what is read at the start, and what is beside it. */
export const sizes: Section = {
  name: 'sizes',
  title: 'Size of what is loaded',
  measure: async () => {
    const lines: string[] = [];
    for (const { task } of trips) {
      const folder = await packagedTask(task);
      const size = (file: string): number => statSync(path.join(folder, file)).size;
      let lazy = 0;
      for (const file of readdirSync(folder)) if (file.endsWith('.js') && file !== 'index.js') lazy += size(file);
      lines.push(`- ${task}: index.js ${kilobytes(size('index.js'))}, other files ${kilobytes(lazy)}`);
    }
    return lines;
  },
};

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
