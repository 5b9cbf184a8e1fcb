/** The variables of a job: names without regard to case, `$(name)` expansion, and the form in which a process sees them. */
import type { SecretMasker } from './secret-masker.ts';

export interface AgentVariable {
  readonly name: string;
  readonly value: string;
  readonly secret?: boolean;
  readonly readOnly?: boolean;
  /** Keeps the letter case of the name in the environment. */
  readonly preserveCase?: boolean;
}

/** More nesting than this counts as a cycle and stays as it is written. */
const maximumDepth = 50;

export class Variables {
  readonly #byName = new Map<string, AgentVariable>();
  readonly #masker: SecretMasker;

  /** Values may refer to each other by `$(name)`; that is resolved here, once, as at the start of a job. */
  constructor(initial: readonly AgentVariable[], masker: SecretMasker) {
    this.#masker = masker;
    for (const variable of initial) this.#byName.set(variable.name.toLowerCase(), variable);
    for (const [key, variable] of this.#byName) {
      const value = this.#expandDeep(variable.value, [key]);
      // A public variable made of a secret one is as secret as its part.
      const secret = variable.secret === true || this.#mentionsSecret(variable.value, new Set([key]));
      this.#byName.set(key, { ...variable, value, ...(secret ? { secret } : {}) });
    }
    for (const variable of this.#byName.values()) if (variable.secret) masker.addVariable(variable.value);
  }

  get(name: string): AgentVariable | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  /** Variables set while the job runs keep a `$(name)` in their value as text. */
  set(variable: AgentVariable): void {
    if (variable.secret) this.#masker.addVariable(variable.value);
    // Once secret, always secret: a task cannot make a secret public by setting it again.
    const secret = variable.secret === true || this.get(variable.name)?.secret === true;
    this.#byName.set(variable.name.toLowerCase(), { ...variable, ...(secret ? { secret } : {}) });
  }

  all(): readonly AgentVariable[] {
    return [...this.#byName.values()];
  }

  /** Replaces every `$(name)` that is a variable; what is none stays literal text. Values are not expanded again. */
  expand(text: string): string {
    return expandMacros(text, (name) => this.get(name)?.value);
  }

  /** Lower-case job variable read as the agent's boolean. */
  isTrue(name: string): boolean {
    return ['true', '1'].includes(this.get(name)?.value.toLowerCase() ?? '');
  }

  #expandDeep(text: string, seen: readonly string[]): string {
    return expandMacros(text, (name) => {
      const key = name.toLowerCase();
      const variable = this.#byName.get(key);
      if (!variable || seen.includes(key) || seen.length > maximumDepth) return undefined;
      return this.#expandDeep(variable.value, [...seen, key]);
    });
  }

  #mentionsSecret(text: string, seen: Set<string>): boolean {
    let found = false;
    expandMacros(text, (name) => {
      const key = name.toLowerCase();
      const variable = this.#byName.get(key);
      if (!variable || seen.has(key)) return undefined;
      seen.add(key);
      found ||= variable.secret === true || this.#mentionsSecret(variable.value, seen);
      return undefined;
    });
    return found;
  }
}

/** `$(name)` scanning as the agent does it: an unknown name is left, and the search goes on behind its `$(`. */
export function expandMacros(text: string, lookUp: (name: string) => string | undefined): string {
  let result = text;
  let from = 0;
  for (;;) {
    const start = result.indexOf('$(', from);
    const end = start < 0 ? -1 : result.indexOf(')', start);
    if (end < 0) return result;
    const value = lookUp(result.slice(start + 2, end));
    if (value === undefined) {
      from = start + 2;
    } else {
      result = result.slice(0, start) + value + result.slice(end + 1);
      from = start + value.length;
    }
  }
}

/** `.` and space become `_`, then upper case; nothing else is replaced, hyphens stay. */
export function environmentName(name: string, preserveCase = false): string {
  const replaced = name.replace(/[. ]/g, '_');
  return preserveCase ? replaced : replaced.toUpperCase();
}
