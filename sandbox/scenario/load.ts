/** Reads a scenario: YAML to {@link Scenario}, all problems of the file reported together with their lines. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ErrorObject } from 'ajv';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { completeScenario } from './complete.ts';
import { referenceProblems, type Problem } from './references.ts';
import { scenarioSchema } from './schema.ts';
import type { Scenario } from './types.ts';

export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  /** Lines count from 1. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];

  constructor(file: string, problems: ScenarioError['problems']) {
    const lines = problems.map(({ line, message }) => `  line ${String(line)}: ${message}`);
    super([`The scenario ${file} cannot be used:`, ...lines].join('\n'));
    this.problems = problems;
  }
}

/**
 * The file's path: as given from the working directory, else from the sandbox's own folder, else a name without `.yml` in
 * its `scenarios` folder (`article`).
 */
export function findScenario(file: string): string {
  const own = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
  const places = [path.resolve(file), path.resolve(own, file), path.resolve(own, 'scenarios', `${file}.yml`)];
  const found = places.find((place) => existsSync(place));
  if (found === undefined)
    throw new ScenarioError(file, [{ line: 0, message: `there is no such file (looked for ${places.join(', ')})` }]);
  return found;
}

export function loadScenario(file: string): Scenario {
  const place = findScenario(file);
  return parseScenario(readFileSync(place, 'utf8'), file);
}

/** @throws ScenarioError with every problem that the file has. */
export function parseScenario(yaml: string, file = 'scenario'): Scenario {
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter });
  if (document.errors.length > 0) {
    throw new ScenarioError(
      file,
      document.errors.map((error) => ({ line: counter.linePos(error.pos[0]).line, message: firstLine(error.message) })),
    );
  }
  const written: unknown = document.toJS();
  const problems = shapeProblems(written);
  // References are looked up only in a file of the right shape: the look-up reads what the shape promises.
  const found = problems.length > 0 ? problems : referenceProblems(written as Scenario);
  if (found.length > 0) {
    const located = found.map((problem) => ({
      line: lineOf(document, counter, problem.path),
      message: described(problem),
    }));
    throw new ScenarioError(
      file,
      located.toSorted((one, other) => one.line - other.line),
    );
  }
  return completeScenario(written as Scenario);
}

/** Fills the schema's defaults into `written`. */
function shapeProblems(written: unknown): readonly Problem[] {
  const validate = new Ajv({
    allErrors: true,
    useDefaults: true,
    discriminator: true,
    verbose: true,
    strict: false,
  }).compile(scenarioSchema);
  if (validate(written)) return [];
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

function described({ path: at, message }: Problem): string {
  return at.length === 0
    ? message
    : `${at
        .map((part) => (typeof part === 'number' ? `[${String(part)}]` : part))
        .join('.')
        .replaceAll('.[', '[')}: ${message}`;
}

/** The line of the node, or of the nearest one around it that is there. */
function lineOf(document: Document, counter: LineCounter, at: Problem['path']): number {
  for (let length = at.length; length > 0; length -= 1) {
    const node = document.getIn(at.slice(0, length), true);
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return 1;
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}
