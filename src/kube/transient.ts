import { TunnelRefused } from '../azure/tunnel-refused.ts';
import { KubeRefusal } from './refusal.ts';

/** Codes of node:tls and OpenSSL for a certificate that does not hold. */
const TLS_CODES =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET|VERIFY)_.*|CERT_.*|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/;

const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNREFUSED', 'EAI_AGAIN', 'ECONNABORTED']);

const TRANSIENT_STATUS = new Set([429, 500, 502, 503, 504]);

export function isTransientStatus(code: number): boolean {
  return TRANSIENT_STATUS.has(code);
}

export function isTlsFailure(error: unknown): boolean {
  return TLS_CODES.test(codeOf(error));
}

/** The API server's certificate is trusted, but its time is over: AKS renews it when certificates are rotated. */
export function isExpiredCertificate(error: unknown): boolean {
  return codeOf(error) === 'CERT_HAS_EXPIRED';
}

/** Worth the same request again: the API server is busy or restarting, or the connection broke. Never a refusal. */
export function isTransient(error: unknown): boolean {
  if (error instanceof KubeRefusal) return isTransientStatus(error.status.code);
  if (error instanceof TunnelRefused) return isTransientStatus(error.status);
  return RESET_CODES.has(codeOf(error));
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}
