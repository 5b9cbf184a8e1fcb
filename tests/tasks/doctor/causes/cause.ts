import type { Sandbox, SandboxOptions } from '../../../../sandbox/sandbox.ts';
import type { Draft } from '../support/draft.ts';

export interface Cause {
  /** Row of the table of symptoms; `vault` and `cluster` for the tables of their errors. */
  readonly row: number | 'vault' | 'cluster';
  readonly what: string;
  readonly spoil: (draft: Draft) => void;
  readonly live?: (sandbox: Sandbox) => Promise<void>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly options?: Partial<SandboxOptions>;
  /** The code of the root, and what its message has to name. */
  readonly root: string;
  readonly says: RegExp;
  /** What is wrong by itself besides, and follows in the list. */
  readonly also?: readonly string[];
  /** Nothing is broken: a warning, which fails no step by itself. */
  readonly warning?: true;
}
