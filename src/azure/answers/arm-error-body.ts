/** What ARM writes into the body of a refusal. */
export interface ArmErrorBody {
  readonly code: string;
  readonly message: string;
}

/**
 * `{"error": {"code", "message"}}`, or without the outer object as the Azure Kubernetes Service does it; undefined for any
 * other text: then it was not ARM that refused.
 */
export function armErrorBody(text: string): ArmErrorBody | undefined {
  const body = recordOf(parsed(text));
  const { code, message } = recordOf(body['error'] ?? body);
  if (typeof code !== 'string' || code === '') return undefined;
  return { code, message: typeof message === 'string' ? message : '' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
