import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/** What a check found. The title states the good state, so a list of passed checks reads as facts. */
export type CheckResult = { readonly title: string } & (
  | { readonly status: 'passed'; readonly found: string }
  | { readonly status: 'failed'; readonly diagnostic: Diagnostic }
  | { readonly status: 'warned'; readonly diagnostic: Diagnostic }
  | { readonly status: 'skipped'; readonly because: string }
  | { readonly status: 'unknown'; readonly because: string }
);
