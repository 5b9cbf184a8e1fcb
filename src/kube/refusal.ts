/** The API server's own words when it says no (a `Status` object). */
export interface KubeStatus {
  /** HTTP status. */
  readonly code: number;
  /** `Forbidden`, `NotFound`, `Conflict`, ...; empty where the answer was no Status. */
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly field?: string; readonly message?: string; readonly reason?: string }[];
}

/** An answer of the API server that is not a success. Travels as the cause of a DiagnosticError. */
export class KubeRefusal extends Error {
  override readonly name = 'KubeRefusal';
  readonly status: KubeStatus;

  constructor(status: KubeStatus) {
    super(status.message);
    this.status = status;
  }
}

/** The refusal behind an error of a {@link KubeCluster}; undefined where no answer of the API server is behind it. */
export function kubeRefusal(error: unknown): KubeStatus | undefined {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if (each instanceof KubeRefusal) return each.status;
  }
  return undefined;
}

/** Reads an answer with an error status; bodies that are no Status (proxies, unknown paths) keep their text. */
export function readStatus(code: number, body: string): KubeStatus {
  const parsed = parseStatus(body);
  return {
    code,
    reason: parsed?.reason ?? '',
    message: parsed?.message ?? body.trim().slice(0, 600),
    causes: parsed?.details?.causes ?? [],
  };
}

interface StatusBody {
  readonly kind?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: KubeStatus['causes'] };
}

function parseStatus(body: string): StatusBody | undefined {
  try {
    const parsed = JSON.parse(body) as StatusBody | null;
    return parsed?.kind === 'Status' ? parsed : undefined;
  } catch {
    return undefined;
  }
}
