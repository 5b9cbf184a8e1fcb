/** Where a file that somebody named on the command line is. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { YamlFileError } from './checked-yaml.ts';

/**
 * As given from the working directory, else from the sandbox's own folder, else as a name without `.yml` in `folder` of it.
 * @throws YamlFileError
 */
export function findFile(file: string, folder: string): string {
  const sandbox = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
  const places = [path.resolve(file), path.resolve(sandbox, file), path.resolve(sandbox, folder, `${file}.yml`)];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new YamlFileError(file, [{ line: 1, message: `there is no such file (looked for ${places.join(', ')})` }]);
}
