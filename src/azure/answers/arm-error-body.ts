import { fieldsOf, jsonFields } from '../../runtime/json.ts';

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
  const body = jsonFields(text);
  const { code, message } = fieldsOf(body['error'] ?? body);
  if (typeof code !== 'string' || code === '') return undefined;
  return { code, message: typeof message === 'string' ? message : '' };
}
