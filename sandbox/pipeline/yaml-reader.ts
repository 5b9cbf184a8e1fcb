/** Reads YAML nodes as Azure Pipelines does (text stays text), and collects problems with their places. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { PipelineError, type Problem } from './problems.ts';

/** One entry of a mapping. */
export interface Entry {
  readonly key: Node;
  /** Undefined where the file has a key and nothing behind it. */
  readonly value: Node | undefined;
}

export type Entries = ReadonlyMap<string, Entry>;

const expression = 'The sandbox evaluates no template or runtime expressions';

export class YamlReader {
  readonly file: string;
  readonly root: Node | undefined;
  /** The file is not even YAML. */
  readonly isBroken: boolean;
  readonly #problems: Problem[] = [];
  readonly #lines = new LineCounter();

  constructor(text: string, file: string) {
    this.file = file;
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const error of document.errors) this.#add(error.pos[0], error.message);
    this.isBroken = document.errors.length > 0;
    this.root = (document.contents as Node | null) ?? undefined;
    visit(document, {
      Alias: (_, node) => {
        this.problem(node, 'Azure Pipelines knows no YAML anchors and aliases.');
      },
      Scalar: (_, node) => {
        const text = typeof node.value === 'string' ? node.value : '';
        if (text.includes('${{')) this.problem(node, `${expression}: ${firstLine(text)}`);
        else if (text.trimStart().startsWith('$[')) this.problem(node, `${expression}: ${firstLine(text)}`);
      },
    });
  }

  /** @throws PipelineError where anything was wrong up to now. */
  check(): void {
    if (this.#problems.length > 0) throw new PipelineError(this.file, this.#problems);
  }

  problem(node: Node | undefined, message: string): void {
    this.#add(node?.range?.[0] ?? 0, message);
  }

  line(node: Node | undefined): number {
    return this.#lines.linePos(node?.range?.[0] ?? 0).line;
  }

  /** The entries of a mapping; keys that are not allowed are problems. Empty where the node is no mapping. */
  map(node: Node | undefined, what: string, allowed?: readonly string[]): Entries {
    const entries = new Map<string, Entry>();
    if (!isMap(node)) {
      this.problem(node, `${what} must be a mapping.`);
      return entries;
    }
    for (const { key, value } of node.items) {
      const keyNode = key as Node;
      const name = this.text(keyNode, `A key of ${what}`);
      entries.set(name, { key: keyNode, value: (value as Node | null) ?? undefined });
      if (allowed && !allowed.includes(name)) {
        this.problem(keyNode, `${what} has no "${name}" here; the sandbox knows ${allowed.join(', ')}.`);
      }
    }
    return entries;
  }

  list(node: Node | undefined, what: string): readonly Node[] {
    if (isSeq(node)) return node.items as Node[];
    this.problem(node, `${what} must be a list.`);
    return [];
  }

  /** A scalar as it is written: `true` and `1.10` are text to a task. Empty where there is none. */
  text(node: Node | undefined, what: string): string {
    if (node === undefined) return '';
    if (isScalar(node)) {
      if (node.value === null) return '';
      return node.type === 'PLAIN' && node.source !== undefined
        ? node.source
        : `${node.value as string | number | boolean}`;
    }
    if (!isAlias(node)) this.problem(node, `${what} must be text.`);
    return '';
  }

  optionalText(entries: Entries, key: string, fallback: string): string {
    const entry = entries.get(key);
    return entry === undefined ? fallback : this.text(entry.value, key);
  }

  boolean(entries: Entries, key: string, fallback: boolean): boolean {
    const entry = entries.get(key);
    if (!entry) return fallback;
    const text = this.text(entry.value, key).toLowerCase();
    if (text !== 'true' && text !== 'false')
      this.problem(entry.value ?? entry.key, `${key} must be true or false, not "${text}".`);
    return text === 'true';
  }

  /** A whole number of at least 0. */
  count(entries: Entries, key: string): number | undefined {
    const entry = entries.get(key);
    if (!entry) return undefined;
    const text = this.text(entry.value, key);
    if (!/^\d+$/.test(text)) this.problem(entry.value ?? entry.key, `${key} must be a whole number, not "${text}".`);
    return Number(text);
  }

  /** `a: b` pairs as text. */
  texts(node: Node | undefined, what: string): Readonly<Record<string, string>> {
    const texts: Record<string, string> = {};
    for (const [name, { value }] of this.map(node, what)) texts[name] = this.text(value, `${what}: ${name}`);
    return texts;
  }

  /** One text or a list of them. */
  textOrList(node: Node | undefined, what: string): readonly string[] {
    if (isSeq(node)) return node.items.map((item) => this.text(item as Node, what));
    const text = this.text(node, what);
    return text === '' ? [] : [text];
  }

  #add(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    const known = this.#problems.some(
      (problem) => problem.line === line && problem.column === col && problem.message === message,
    );
    if (!known) this.#problems.push({ line, column: col, message });
  }
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.includes('${{') || line.includes('$[')) ?? text;
}
