import type { DiagnosticCode } from './catalogue.ts';
import { catalogue } from './catalogue.ts';

/** What went wrong, with which thing, why, and what to do next. Plain data: printed, published and compared in tests. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** One sentence: what, to which thing. */
  readonly message: string;
  readonly cause: string;
  readonly fix: string;
  /** Anchor in docs/troubleshooting.md. */
  readonly anchor: string;
  /** What the service itself said, abridged; text from outside, so it is only printed as external output. */
  readonly detail?: string;
}

export interface DiagnosticText {
  readonly message: string;
  /** Says more than the catalogue's cause where this occurrence is known better. */
  readonly cause?: string;
  readonly fix?: string;
  readonly detail?: string;
}

export function diagnostic(code: DiagnosticCode, text: DiagnosticText): Diagnostic {
  const entry = catalogue[code];
  return {
    code,
    message: text.message,
    cause: text.cause ?? entry.cause,
    fix: text.fix ?? entry.fix,
    anchor: code.toLowerCase(),
    ...(text.detail === undefined ? {} : { detail: text.detail }),
  };
}

/** The only error that the product throws on purpose; everything else that arrives at the host is a defect of ours. */
export class DiagnosticError extends Error {
  override readonly name = 'DiagnosticError';
  readonly diagnostic: Diagnostic;

  constructor(code: DiagnosticCode, text: DiagnosticText, options?: { readonly cause?: unknown }) {
    super(text.message, options);
    this.diagnostic = diagnostic(code, text);
  }

  static of(known: Diagnostic, options?: { readonly cause?: unknown }): DiagnosticError {
    return new DiagnosticError(known.code, known, options);
  }
}
