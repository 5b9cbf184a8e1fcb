import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/** Identity of a thing in Azure or Kubernetes, case-folded: equal keys are the same thing. */
export type ResourceKey = string & { readonly resourceKey: never };

export function resourceKey(kind: string, ...parts: readonly string[]): ResourceKey {
  return [kind, ...parts].join('|').toLowerCase() as ResourceKey;
}

/** What was found when somebody looked. */
export type Observed<State> = { readonly found: true; readonly state: State } | { readonly found: false };

export type Presence = 'present' | 'absent';

/** One field that an update changes, as a reader would name it. */
export interface FieldChange {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** What lies between a goal and what is there. A blocked change stops the run before its first write. */
export type Difference =
  | { readonly action: 'none'; readonly note?: string }
  | { readonly action: 'create'; readonly note?: string }
  | { readonly action: 'update'; readonly fields: readonly FieldChange[]; readonly note?: string }
  | { readonly action: 'delete'; readonly note?: string }
  | { readonly action: 'blocked'; readonly diagnostic: Diagnostic };

export type WriteAction = 'create' | 'update' | 'delete';

export interface Change<Spec, State> {
  readonly action: WriteAction;
  /** Of the goal: an update may also be what is left to do for something that should not be there. */
  readonly wanted: Presence;
  readonly spec: Spec;
  readonly observed: Observed<State>;
}

/** Everything the engine needs to know about one kind of thing. */
export interface ResourceHandler<Spec, State> {
  /** As a reader names the kind: `role assignment`. */
  readonly kind: string;
  key(spec: Spec): ResourceKey;
  /** One line that tells this thing from its siblings. */
  describe(spec: Spec): string;
  /** The same in full, by the names that Azure or Kubernetes uses, for a program that reads the plan. */
  details?(spec: Spec): Readonly<Record<string, string>>;
  read(spec: Spec, signal: AbortSignal): Promise<Observed<State>>;
  /** Pure: the same spec and state always give the same difference. */
  compare(spec: Spec, observed: Observed<State>, wanted: Presence): Difference;
  /**
   * Safe to repeat: doing it to a thing that already is so succeeds and changes nothing. The signal ends waits only: a
   * write that went out is awaited, so that what the log tells is what was made.
   */
  apply(change: Change<Spec, State>, signal: AbortSignal): Promise<void>;
}
