/** What is special about one kind: the counterpart of the real server's registry strategies. */
import type { KubeObject } from '../../../contracts.ts';
import type { WriteContext } from '../core.ts';
import type { FieldErrors } from '../field-errors.ts';
import type { Draft, Json } from '../json.ts';

export interface Strategy {
  /** Status is written through the subresource only. */
  readonly hasStatus: boolean;
  readonly keepsStatusOnCreate?: boolean;
  readonly countsGenerations: boolean;
  /** Fills in what the real server fills in. `current` is there on updates. */
  defaults?(draft: Draft, current?: KubeObject): void;
  initialStatus?(draft: Draft): Json;
  validate?(draft: Draft, errors: FieldErrors, context: WriteContext): void;
  validateUpdate?(draft: Draft, current: KubeObject, errors: FieldErrors): void;
  validateStatus?(draft: Draft, current: KubeObject, errors: FieldErrors): void;
}

export type StrategyParts = Omit<Partial<Strategy>, 'hasStatus'>;
