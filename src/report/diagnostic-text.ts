import type { Diagnostic } from '../diagnostics/diagnostic.ts';

const TROUBLESHOOTING = 'docs/troubleshooting.md';

/** A diagnostic as a person reads it: what, why, what next, where to read on. */
export function diagnosticText({ code, message, cause, fix, anchor, detail }: Diagnostic): string {
  return [
    `[${code}] ${message}`,
    `Cause: ${cause}`,
    `Next: ${fix}`,
    ...(detail === undefined ? [] : [`The service said: ${detail}`]),
    `More: ${TROUBLESHOOTING}#${anchor}`,
  ].join('\n');
}
