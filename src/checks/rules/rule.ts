import type { DiagnosticCode } from '../../diagnostics/catalogue.ts';
import type { Diagnostic, DiagnosticText } from '../../diagnostics/diagnostic.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Facts } from '../facts.ts';

/** What a rule says of the facts. `patience`: milliseconds that waiting may help; Infinity: as long as the budget lasts. */
export type Judgement =
  | { readonly status: 'passed'; readonly found: string }
  | { readonly status: 'failed'; readonly diagnostic: Diagnostic; readonly patience: number }
  | { readonly status: 'warned'; readonly diagnostic: Diagnostic }
  | { readonly status: 'skipped'; readonly because: string }
  | { readonly status: 'unknown'; readonly because: string };

/** One check: a pure judgement of facts, under a title that states the good state. */
export interface Rule {
  title(facts: Facts): string;
  judge(facts: Facts): Judgement;
}

export const NEVER = 0;
export const SECONDS = 1000;
export const AS_LONG_AS_IT_TAKES = Infinity;

export function passed(found: string): Judgement {
  return { status: 'passed', found };
}

export function failed(code: DiagnosticCode, text: DiagnosticText, patience: number): Judgement {
  const { detail, ...said } = text;
  const shown = detail === undefined || detail === '' ? said : { ...said, detail };
  return { status: 'failed', diagnostic: diagnostic(code, shown), patience };
}

/** A rule that needs facts which an earlier failure left out. */
export const notReached: Judgement = { status: 'skipped', because: 'a check before it failed' };
