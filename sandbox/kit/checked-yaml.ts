/** YAML files that people write for the sandbox: checked against a schema, all problems reported together with their lines. */
import { Ajv, type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';

export interface Problem {
  /** Keys and indexes from the root of the file. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export class YamlFileError extends Error {
  override readonly name = 'YamlFileError';
  /** Lines count from 1. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];

  constructor(file: string, problems: YamlFileError['problems']) {
    const lines = problems.map(({ line, message }) => `  line ${String(line)}: ${message}`);
    super([`${file} cannot be used:`, ...lines].join('\n'));
    this.problems = problems;
  }
}

/**
 * Parses, fills in the schema's defaults, and looks for what a schema cannot say with `further`, which is asked only about
 * a file of the right shape. @throws YamlFileError with every problem found
 */
export function parseCheckedYaml<Value>(
  yaml: string,
  file: string,
  schema: AnySchema,
  further: (value: Value) => readonly Problem[] = () => [],
): Value {
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      line: counter.linePos(error.pos[0]).line,
      message: error.message.split('\n')[0] ?? error.message,
    }));
    throw new YamlFileError(file, problems);
  }
  const value = document.toJS() as Value;
  const ofShape = shapeProblems(schema, value);
  const problems = ofShape.length > 0 ? ofShape : further(value);
  if (problems.length === 0) return value;
  const located = problems.map((problem) => ({
    line: lineOf(document, counter, problem.path),
    message: described(problem),
  }));
  throw new YamlFileError(
    file,
    located.toSorted((one, other) => one.line - other.line),
  );
}

/** Compiling takes much longer than checking. */
const compiled = new Map<AnySchema, ValidateFunction>();

function compile(schema: AnySchema): ValidateFunction {
  return new Ajv({ allErrors: true, useDefaults: true, discriminator: true, verbose: true, strict: false }).compile(
    schema,
  );
}

function shapeProblems(schema: AnySchema, value: unknown): readonly Problem[] {
  const validate = compiled.get(schema) ?? compile(schema);
  compiled.set(schema, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).filter(({ keyword }) => keyword !== 'oneOf').map(asProblem);
}

function asProblem(error: ErrorObject): Problem {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const { params } = error as { params: Readonly<Record<string, unknown>> };
  if (error.keyword === 'additionalProperties') {
    const allowed = Object.keys((error.parentSchema as { properties: object }).properties).join(', ');
    const key = String(params['additionalProperty']);
    return { path: [...path, key], message: `"${key}" is not known here (allowed: ${allowed})` };
  }
  if (error.keyword === 'enum') {
    return { path, message: `must be one of ${(params['allowedValues'] as string[]).join(', ')}` };
  }
  return { path, message: error.message ?? error.keyword };
}

function described({ path, message }: Problem): string {
  if (path.length === 0) return message;
  const place = path.map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${part}`)).join('');
  return `${place.replace(/^\./, '')}: ${message}`;
}

/** The line of the node, or of the nearest one around it that is there. */
function lineOf(document: Document, counter: LineCounter, path: Problem['path']): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return 1;
}
