import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const source = path.join(import.meta.dirname, '../../../src');

/** Names of Microsoft's clouds: a task that carries one outside the table fails in every other cloud. */
const publicNames =
  /azure\.com|azure\.net|windows\.net|azure\.cn|azure\.us|usgovcloudapi|chinacloudapi|microsoftonline|core\.windows/i;

/** Label keys that AKS writes in every cloud. */
const allowed = [/\bkubernetes\.azure\.com\/managedby\b/];

/** Comments may say where a fact was read. */
const withoutComments = (text: string): string => text.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');

describe('the sources of the tasks', () => {
  it('name no public address of a cloud outside the table of clouds', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    assert.ok(files.length > 100);
    const found = files
      .filter((file) => file !== path.join('azure', 'cloud.ts'))
      .flatMap((file) => {
        const lines = withoutComments(readFileSync(path.join(source, file), 'utf8')).split('\n');
        const named = lines.filter((line) => publicNames.test(line) && !allowed.some((each) => each.test(line)));
        return named.map((line) => `${file}: ${line.trim()}`);
      });
    assert.deepEqual(found, []);
  });
});
