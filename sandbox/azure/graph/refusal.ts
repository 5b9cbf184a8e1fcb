/** A refusal with Microsoft Graph's error body. */
import { randomUUID } from 'node:crypto';
import type { SandboxResponse } from '../../kit/http-server.ts';

export class GraphRefusal extends Error {
  override readonly name = 'GraphRefusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** The client's own request id where it sent one (`client-request-id`). */
  response(clientRequestId: string | undefined): SandboxResponse {
    const requestId = randomUUID();
    const innerError = {
      date: new Date().toISOString().slice(0, 19),
      'request-id': requestId,
      'client-request-id': clientRequestId ?? requestId,
    };
    return { status: this.status, body: { error: { code: this.code, message: this.message, innerError } } };
  }
}

/** Texts: Microsoft Graph's error documentation and recordings of azure-cli. */
export const graphErrors = {
  invalidToken: (message: string): GraphRefusal => new GraphRefusal(401, 'InvalidAuthenticationToken', message),
  insufficientPrivileges: (): GraphRefusal =>
    new GraphRefusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'),
  notFound: (id: string): GraphRefusal =>
    new GraphRefusal(
      404,
      'Request_ResourceNotFound',
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  badRequest: (message: string): GraphRefusal => new GraphRefusal(400, 'Request_BadRequest', message),
};
