import type { DiagnosticCode } from '../diagnostics/catalogue.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/** What a check found. The title states the good state, so a list of passed checks reads as facts. */
export type CheckResult = { readonly title: string } & (
  | { readonly status: 'passed'; readonly found: string }
  /** `followsFrom`: the code of another check's failure that explains this one. */
  | { readonly status: 'failed'; readonly diagnostic: Diagnostic; readonly followsFrom?: DiagnosticCode }
  | { readonly status: 'warned'; readonly diagnostic: Diagnostic }
  | { readonly status: 'skipped'; readonly because: string }
  | { readonly status: 'unknown'; readonly because: string }
);
