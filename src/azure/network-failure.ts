import { DiagnosticError } from '../diagnostics/diagnostic.ts';

/** CON004 for a request that got no answer at all; an error that is already understood is passed on. */
export function networkFailure(error: unknown, host: string): DiagnosticError {
  if (error instanceof DiagnosticError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new DiagnosticError('CON004', { message: `${host} cannot be reached.`, detail: text }, { cause: error });
}
