import type { DiagnosticCode } from '../diagnostics/catalogue.ts';

/** What became of one pod that was asked: names and codes alone, no text from outside. */
export interface PodRow {
  /** Empty where no node has taken the pod. */
  readonly node: string;
  /** Empty where there was no pod to ask. */
  readonly pod: string;
  readonly result: 'passed' | 'failed';
  /** Of the failure, or of what was warned of. */
  readonly code?: DiagnosticCode;
}
