import type { Difference, Presence, ResourceHandler, ResourceKey, WriteAction } from './resource.ts';

/** A thing that should be there, or should not. Hides the types of spec and state, so that goals of all kinds mix. */
export interface Goal {
  readonly key: ResourceKey;
  readonly kind: string;
  readonly title: string;
  /** What the title says, in full and for programs. */
  readonly details?: Readonly<Record<string, string>>;
  readonly wanted: Presence;
  /** Keys of goals that must be done before this one is created or updated (and that outlive it when removed). */
  readonly after: readonly ResourceKey[];
  inspect(signal: AbortSignal): Promise<Inspection>;
}

export interface Inspection {
  readonly difference: Difference;
  apply(action: WriteAction, signal: AbortSignal): Promise<void>;
}

export interface GoalOptions {
  readonly wanted?: Presence;
  readonly after?: readonly ResourceKey[];
}

export function goal<Spec, State>(handler: ResourceHandler<Spec, State>, spec: Spec, options: GoalOptions = {}): Goal {
  const wanted = options.wanted ?? 'present';
  return {
    key: handler.key(spec),
    kind: handler.kind,
    title: handler.describe(spec),
    ...(handler.details ? { details: handler.details(spec) } : {}),
    wanted,
    after: options.after ?? [],
    inspect: async (signal) => {
      const observed = await handler.read(spec, signal);
      return {
        difference: handler.compare(spec, observed, wanted),
        apply: (action, applySignal) => handler.apply({ action, wanted, spec, observed }, applySignal),
      };
    },
  };
}
