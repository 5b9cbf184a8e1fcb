import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ResourceKey, WriteAction } from './resource.ts';

/** What became of a planned change: exactly one of these each. */
export type Outcome = { readonly key: ResourceKey; readonly title: string } & (
  | { readonly result: 'done'; readonly action: WriteAction }
  | { readonly result: 'unchanged' }
  | { readonly result: 'failed'; readonly action: WriteAction; readonly diagnostic: Diagnostic }
  | { readonly result: 'skipped'; readonly because: string }
);
