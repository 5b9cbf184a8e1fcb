import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';

/** What came of looking at one thing. */
export type Looked<Value> =
  | { readonly state: 'seen'; readonly value: Value }
  /** Somebody said no, or nobody answered: a missing right, as a rule. */
  | { readonly state: 'unknown'; readonly diagnostic: Diagnostic }
  /** Nobody looked, because something before it failed or nobody asked. */
  | { readonly state: 'unreached'; readonly because: string };

export function seen<Value>(value: Value): Looked<Value> {
  return { state: 'seen', value };
}

export function unreached(because: string): { readonly state: 'unreached'; readonly because: string } {
  return { state: 'unreached', because };
}

/** A refusal is an answer, too; a defect is thrown. */
export async function look<Value>(ask: () => Promise<Value>): Promise<Looked<Value>> {
  try {
    return seen(await ask());
  } catch (error) {
    if (error instanceof DiagnosticError) return { state: 'unknown', diagnostic: error.diagnostic };
    throw error;
  }
}

/** The value, or what to use in its place where nobody saw it. */
export function valueOr<Value>(looked: Looked<Value>, otherwise: Value): Value {
  return looked.state === 'seen' ? looked.value : otherwise;
}

/** Looks on from what was seen; what was not seen stays as it is. */
export async function lookOn<Value, Next>(
  looked: Looked<Value>,
  ask: (value: Value) => Promise<Next>,
): Promise<Looked<Next>> {
  return looked.state === 'seen' ? look(() => ask(looked.value)) : looked;
}
