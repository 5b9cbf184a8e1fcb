import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { isGuid } from '../runtime/guid.ts';
import { count, listOf } from '../runtime/text.ts';

/** Gives the raw text of an input, undefined where it is empty. The host implements it with task-lib. */
export type InputSource = (name: string) => string | undefined;

/** A rule for the text of an input: undefined where it is fine, else what is allowed. */
export type InputRule = (text: string) => string | undefined;

/**
 * Reads the inputs of a task by name and collects every problem; {@link failIfProblems} reports them all together.
 * After a problem a reader gives a value of the right type that nobody uses.
 */
export class InputReader<Name extends string> {
  readonly #source: InputSource;
  readonly #problems: string[] = [];

  constructor(source: InputSource) {
    this.#source = source;
  }

  required(name: Name, rule?: InputRule): string {
    const text = this.#text(name);
    if (text === undefined) {
      this.problem(name, 'is empty, but it is required');
      return '';
    }
    return this.#checked(name, text, rule);
  }

  optional(name: Name, rule?: InputRule): string | undefined {
    const text = this.#text(name);
    return text === undefined ? undefined : this.#checked(name, text, rule);
  }

  withDefault(name: Name, value: string, rule?: InputRule): string {
    return this.optional(name, rule) ?? value;
  }

  /** Letter case is forgiven; the value comes back as it is listed in `allowed`. */
  oneOf<Choice extends string>(name: Name, allowed: readonly [Choice, ...Choice[]]): Choice {
    const text = this.#text(name);
    if (text === undefined) return allowed[0];
    const choice = allowed.find((each) => each.toLowerCase() === text.toLowerCase());
    if (choice === undefined) this.problem(name, `is "${text}"; allowed: ${listOf(allowed, 'or')}`);
    return choice ?? allowed[0];
  }

  boolean(name: Name, value = false): boolean {
    const text = this.#text(name)?.toLowerCase();
    if (text !== undefined && text !== 'true' && text !== 'false')
      this.problem(name, `is "${text}"; allowed: true or false`);
    return text === undefined ? value : text === 'true';
  }

  /** A whole or broken number of minutes, as milliseconds. */
  minutes(name: Name, value: number, limits: { readonly least: number; readonly most: number }): number {
    const text = this.#text(name);
    const minutes = text === undefined ? value : Number(text);
    if (Number.isNaN(minutes) || minutes < limits.least || minutes > limits.most) {
      this.problem(name, `is "${text ?? ''}"; allowed: ${String(limits.least)} to ${String(limits.most)} minutes`);
    }
    return minutes * 60_000;
  }

  /** The lines of a multi-line input without empty ones and `#` comments; each with its number for messages. */
  lines(name: Name): readonly { readonly text: string; readonly line: number }[] {
    const text = this.#text(name) ?? '';
    return text
      .split(/\r?\n/)
      .map((each, index) => ({ text: each.trim(), line: index + 1 }))
      .filter((each) => each.text.length > 0 && !each.text.startsWith('#'));
  }

  /** Whether anything stands in the input. */
  given(name: Name): boolean {
    return this.#text(name) !== undefined;
  }

  /** Adds a problem that an operation found itself. */
  problem(name: Name, text: string): void {
    this.#problems.push(`${name} ${text}`);
  }

  /** @throws DiagnosticError INP001 with every problem, one a line. */
  failIfProblems(): void {
    if (this.#problems.length === 0) return;
    const [only] = this.#problems;
    const message =
      this.#problems.length === 1
        ? `Input ${only ?? ''}.`
        : `${count(this.#problems.length, 'problem')} with the inputs:\n${this.#problems.map((each) => `- ${each}`).join('\n')}`;
    throw new DiagnosticError('INP001', { message });
  }

  #text(name: Name): string | undefined {
    const text = this.#source(name)?.trim();
    return text === '' ? undefined : text;
  }

  #checked(name: Name, text: string, rule: InputRule | undefined): string {
    // The agent leaves a variable that it does not know as it stands, so the text would go to Azure as a name.
    const unresolved = /\$\([^)]*\)/.exec(text)?.[0];
    const wrong =
      unresolved === undefined ? rule?.(text) : `a value in which every variable is known (${unresolved} is not)`;
    if (wrong !== undefined) this.problem(name, `is "${text}"; allowed: ${wrong}`);
    return text;
  }
}

/** Rules for names, from Azure's and Kubernetes' own naming rules. */
export const rules = {
  /** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
  resourceGroup: matching(
    /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u,
    '1 to 90 letters, digits, _ ( ) . - not ending with a dot',
  ),
  clusterName: matching(/^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$/, '1 to 63 letters, digits, _ or -'),
  /** A DNS label (RFC 1123). */
  namespace: matching(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'a Kubernetes namespace: at most 63 lower-case letters, digits or -',
  ),
  /** A DNS subdomain (RFC 1123). */
  objectName: matching(
    /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'a Kubernetes name: at most 253 lower-case letters, digits, - or .',
  ),
  labelValue: matching(
    /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'a Kubernetes label value: at most 63 letters, digits, - _ or .',
  ),
  /** Equality, inequality, sets and existence, as the API server reads them. */
  labelSelector: matching(
    /^[!A-Za-z0-9][-A-Za-z0-9_./=!,() ]*$/,
    'a Kubernetes label selector such as app=web,tier in (a, b)',
  ),
  secretName: matching(/^[0-9a-zA-Z-]{1,127}$/, 'the name of a secret: 1 to 127 letters, digits or -'),
  guid: (text: string): string | undefined => (isGuid(text) ? undefined : 'a GUID'),
} as const satisfies Record<string, InputRule>;

export function matching(pattern: RegExp, allowed: string): InputRule {
  return (text) => (pattern.test(text) ? undefined : allowed);
}
