/** Service connections as plain objects, read as the agent's variables are: keys without regard to letter case. */
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import type { EndpointReader } from '../../../src/runtime/ports.ts';

export interface Endpoint {
  readonly scheme?: string | undefined;
  readonly url?: string | undefined;
  readonly authorization?: Readonly<Record<string, string>> | undefined;
  readonly data?: Readonly<Record<string, string>> | undefined;
}

export function endpointReader(endpoint: Endpoint): EndpointReader {
  const get = (values: Endpoint['data'], key: string): string | undefined =>
    Object.entries(values ?? {}).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  return {
    url: () => endpoint.url,
    scheme: () => endpoint.scheme,
    authorization: (_id, key) => get(endpoint.authorization, key),
    data: (_id, key) => get(endpoint.data, key),
  };
}

/** For assert.throws and assert.rejects. */
export function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof DiagnosticError && error.diagnostic.code === code && message.test(error.message);
}
