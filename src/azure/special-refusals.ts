import type { DiagnosticError as Failure, DiagnosticText } from '../diagnostics/diagnostic.ts';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { rolesThatAllow } from './roles.ts';
import { own } from '../runtime/json.ts';
import { listOf } from '../runtime/text.ts';

/** What ARM said, as far as the text of a special refusal needs it. */
export interface SpecialRefusal {
  readonly code: string;
  /** As Azure wrote it. */
  readonly message: string;
  /** The message abridged, with the correlation id. */
  readonly detail: string;
}

type Words = (refusal: SpecialRefusal, doing: string) => DiagnosticText;

const special: Readonly<Record<string, { readonly code: 'AZR004' | 'AZR005' | 'AZR006'; readonly words: Words }>> = {
  ScopeLocked: { code: 'AZR004', words: lockWords },
  LinkedAuthorizationFailed: { code: 'AZR005', words: linkedWords },
  DenyAssignmentAuthorizationFailed: { code: 'AZR006', words: denyWords },
};

/**
 * Refusals whose cause is not a missing role at the scope: a lock (AZR004), a missing right on another resource that
 * the request names (AZR005), a deny assignment (AZR006). Undefined for any other.
 */
export function specialRefusal(refusal: SpecialRefusal, doing: string, cause: unknown): Failure | undefined {
  const known = own(special, refusal.code);
  return known && new DiagnosticError(known.code, known.words(refusal, doing), { cause });
}

function lockWords({ message, detail }: SpecialRefusal, doing: string): DiagnosticText {
  const locks = /scope\(s\) are locked: '([^']+)'/i.exec(message)?.[1];
  const by = locks === undefined ? 'a lock' : `the lock on ${locks}`;
  return { message: `Cannot ${doing}: ${by} forbids it.`, detail };
}

function linkedWords({ message, detail }: SpecialRefusal, doing: string): DiagnosticText {
  // The text names two actions: the one that is allowed, and then the one that is not.
  const action = /does not have permission to perform action '([^']+)'/.exec(message)?.[1] ?? 'an action';
  const scope = /linked scope\(s\) '([^']+)'/.exec(message)?.[1] ?? 'a linked resource';
  const roles = rolesThatAllow(action);
  const fix = `Give the service connection the role ${listOf(roles, 'or')} at ${scope}, or a custom role with ${action}.`;
  return {
    message: `Cannot ${doing}: the service connection lacks ${action} at ${scope}, which the request names.`,
    ...(roles.length === 0 ? {} : { fix }),
    detail,
  };
}

function denyWords({ message, detail }: SpecialRefusal, doing: string): DiagnosticText {
  const [, name] = /deny assignment with name '([^']*)'/.exec(message) ?? [];
  const [, scope] = /at scope '([^']*)'/.exec(message) ?? [];
  const who = name === undefined ? 'a deny assignment' : `the deny assignment "${name}"`;
  const where = scope === undefined ? '' : ` at ${scope}`;
  return { message: `Cannot ${doing}: ${who}${where} forbids it, whatever roles the service connection has.`, detail };
}
