/** The objects of the `manifests` input: files, one a line or separated by commas, of any number of documents. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './json.ts';

/** In the order of the files. @throws with every problem of every file. */
export async function readManifests(input: string, folder: string): Promise<readonly Manifest[]> {
  const files = input.split(/[\n,]/).map((file) => file.trim());
  const objects: Manifest[] = [];
  const problems: string[] = [];
  for (const file of files.filter((name) => name !== '')) {
    try {
      objects.push(...parse(await readFile(path.resolve(folder, file), 'utf8')));
    } catch (error) {
      problems.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (objects.length === 0 && problems.length === 0) problems.push('manifests names no file with an object in it.');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return objects;
}

function parse(text: string): readonly Manifest[] {
  const documents = parseAllDocuments(text);
  if ('empty' in documents) return [];
  return documents.flatMap((document) => {
    const [problem] = document.errors;
    if (problem) throw problem;
    const object = document.toJS() as Partial<Manifest> | null;
    if (object === null) return [];
    const { apiVersion, kind, metadata } = object;
    if (!kind || !apiVersion || !metadata?.name) throw new Error('An object needs apiVersion, kind and metadata.name.');
    return [{ ...object, apiVersion, kind, metadata }];
  });
}
