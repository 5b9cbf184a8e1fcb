/** What tests wrote about being skipped: one JSON line each (tests/support/skip.ts). */
import { readFileSync } from 'node:fs';

export function readSkips(file) {
  let content;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return content
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
