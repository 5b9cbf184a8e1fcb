import type { Diagnostic } from './diagnostic.ts';
import { diagnostic, DiagnosticError } from './diagnostic.ts';

/** Any thrown thing as a diagnostic; what we did not throw ourselves is a defect and says so. */
export function describeFailure(error: unknown): Diagnostic {
  if (error instanceof DiagnosticError) return error.diagnostic;
  if (error instanceof Error && error.name === 'AbortError') {
    return diagnostic('RUN002', { message: 'The run was stopped before all changes were made.' });
  }
  const text = error instanceof Error ? error.message : String(error);
  return diagnostic('RUN001', { message: 'The task failed in a way that it does not know.', detail: text });
}
