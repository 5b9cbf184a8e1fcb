/** The API server's Status as the error that everything in the sandbox throws. */
import { KubeStatusError } from '../contracts.ts';
import type { ApiAnswer } from './api-connection.ts';

export function refusalOf({ status: code, body }: ApiAnswer): KubeStatusError {
  if (typeof body !== 'object' || body === null) {
    return new KubeStatusError({ code, reason: 'Unknown', message: String(body).trim() });
  }
  const {
    reason = 'Unknown',
    message = '',
    details,
  } = body as { reason?: string; message?: string; details?: unknown };
  return new KubeStatusError({ code, reason, message, ...(details === undefined ? {} : { details }) });
}
