/** Never on the wire: marks an answer that the proxy gave in place of a tunnel to the server. */
export const REFUSED_TUNNEL = 'x-keyless-pods-refused-tunnel';

/** The proxy leads to no connection with the server. */
export class TunnelRefused extends Error {
  override readonly name = 'TunnelRefused';
  readonly status: number;

  constructor(status: number) {
    super(`the proxy leads nowhere (it answered with status ${String(status)})`);
    this.status = status;
  }
}
