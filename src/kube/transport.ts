import type { ExecRequest, ExecResult } from './cluster.ts';

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly contentType?: string;
  /** Ends reads early. Writes are never cut off: their effect would be unknown. */
  readonly signal?: AbortSignal | undefined;
}

/** What carries requests to an API server. Failures are the API server's own (KubeRefusal), diagnostics, or the network's. */
export interface KubeTransport {
  /** Of the API server, as messages name it. */
  readonly host: string;
  /** Objects in a page of a list. */
  readonly pageSize: number;
  /** Gives the body of a success; repeats what is transient. */
  send(request: KubeRequest): Promise<string>;
  exec(request: ExecRequest, signal?: AbortSignal): Promise<ExecResult>;
  close(): void;
}
