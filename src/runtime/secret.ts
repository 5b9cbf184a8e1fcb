import { inspect } from 'node:util';

/** Tells the agent to star a value out of everything that is logged from now on. */
export type Mask = (value: string) => void;

/** A value that must not be seen. Making one registers the mask first; printed in any way it is `***`. */
export class Secret {
  readonly #value: string;

  private constructor(value: string) {
    this.#value = value;
  }

  static register(value: string, mask: Mask): Secret {
    // The agent masks line by line, so each line of a certificate or a kubeconfig is a secret of its own.
    for (const line of value.split(/\r?\n/)) if (line.trim().length > 0) mask(line);
    return new Secret(value);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return '***';
  }
}
