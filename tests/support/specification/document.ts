/** Swagger 2.0 files as they are, and what their references point to. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../../specifications/specification');

export interface SwaggerSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SwaggerSchema>>;
  readonly additionalProperties?: SwaggerSchema | boolean;
  readonly items?: SwaggerSchema;
  readonly allOf?: readonly SwaggerSchema[];
  readonly readOnly?: boolean;
  readonly discriminator?: string;
  readonly 'x-nullable'?: boolean;
  readonly 'x-ms-enum'?: { readonly modelAsString?: boolean };
  readonly 'x-ms-mutability'?: readonly string[];
  readonly [keyword: string]: unknown;
}

export interface SwaggerParameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly 'x-ms-skip-url-encoding'?: boolean;
  readonly schema?: SwaggerSchema;
}

export interface SwaggerOperation {
  readonly operationId: string;
  readonly parameters?: readonly SwaggerParameter[];
  readonly responses: Readonly<Record<string, { readonly schema?: SwaggerSchema }>>;
}

export interface SwaggerDocument {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, SwaggerOperation>>>>;
}

/** A part of a file; references in it are relative to that file. */
export interface Located<Part> {
  /** Path below the folder of the specifications. */
  readonly file: string;
  readonly part: Part;
}

const read = new Map<string, unknown>();

export function readDocument(file: string): SwaggerDocument {
  return wholeFile(file) as SwaggerDocument;
}

/** What a reference points to. @throws Error for one that leads nowhere */
export function resolve<Part>({
  file,
  reference,
}: {
  readonly file: string;
  readonly reference: string;
}): Located<Part> {
  const [relative = '', pointer = ''] = reference.split('#');
  const target = relative === '' ? file : path.join(path.dirname(file), relative);
  let part = wholeFile(target);
  for (const key of pointer.split('/').filter((each) => each !== '')) {
    part = (part as Readonly<Record<string, unknown>> | undefined)?.[key];
  }
  if (part === undefined) throw new Error(`${file} refers to ${reference}, which is not there.`);
  return { file: target, part: part as Part };
}

function wholeFile(file: string): unknown {
  const known = read.get(file) ?? (JSON.parse(readFileSync(path.join(root, file), 'utf8')) as unknown);
  read.set(file, known);
  return known;
}
