/** Azure Resource Manager over HTTPS, as MIC's SDK calls it: one token, long-running operations, errors in autorest's words. */
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { TokenError, type ManagedToken } from './managed-token.ts';

interface ArmOptions {
  /** `https://localhost:4321` */
  readonly resourceManager: string;
  /** `https://management.azure.com`: what errors name. */
  readonly resourceManagerName: string;
  readonly caPem: string;
  token(): Promise<ManagedToken>;
  /** Factor on the pause between two looks at an operation (5 s in MIC). */
  readonly timeScale: number;
}

interface ArmResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export class ArmError extends Error {
  override readonly name = 'ArmError';
  /** Seconds that the service asked to wait; 0 where it did not. */
  readonly retryAfter: number;

  constructor(message: string, retryAfter = 0) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

const USER_AGENT = 'Go/go1.19.9 (amd64-linux) go-autorest/v14.2.1 Azure-SDK-For-Go aad-pod-identity/MIC/v1.8.17';

export class ResourceManager {
  readonly #options: ArmOptions;
  #token: { readonly value: string; readonly until: number } | undefined;

  constructor(options: ArmOptions) {
    this.#options = options;
  }

  /** @param operation autorest's name for the call, e.g. `compute.VirtualMachineScaleSetsClient#Get` */
  async get(operation: string, path: string): Promise<unknown> {
    const response = await this.#send(operation, 'GET', path);
    if (response.status === 200) return response.body;
    const { code, message } = errorIn(response.body);
    const text = `autorest/azure: Service returned an error. Status=${response.status} Code="${code}" Message="${message}"`;
    throw new ArmError(
      `${operation}: Failure responding to request: StatusCode=${response.status} -- Original Error: ${text}`,
      retryAfter(response),
    );
  }

  /** Waits for the operation's end where there is one. */
  async patch(operation: string, path: string, body: object): Promise<void> {
    const response = await this.#send(operation, 'PATCH', path, body);
    if (response.status >= 300) {
      const { code, message } = errorIn(response.body);
      const original = `Code="${code}" Message="${message}"`;
      throw new ArmError(
        `${operation}: Failure sending request: StatusCode=${response.status} -- Original Error: ${original}`,
        retryAfter(response),
      );
    }
    await this.#settle(operation, response);
  }

  async #settle(operation: string, first: ArmResponse): Promise<void> {
    const where = operationOf(first);
    for (let state = where === undefined ? 'Succeeded' : 'InProgress'; state !== 'Succeeded';) {
      const response = await this.#send(operation, 'GET', where ?? '');
      state = stateOf(response);
      if (state === 'Failed') {
        const { code, message } = errorIn(response.body);
        throw new ArmError(`Code="${code}" Message="${message}"`);
      }
      if (state !== 'Succeeded') await sleep(5000 * this.#options.timeScale);
    }
  }

  async #send(operation: string, method: string, path: string, body?: object): Promise<ArmResponse> {
    const url = new URL(path, this.#options.resourceManager);
    const authorization = `Bearer ${await this.#bearer(operation, url)}`;
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return request(url, {
      method,
      ca: this.#options.caPem,
      headers: {
        authorization,
        'user-agent': USER_AGENT,
        ...(payload === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      },
      payload,
      name: this.#options.resourceManagerName,
    });
  }

  async #bearer(operation: string, url: URL): Promise<string> {
    if (this.#token !== undefined && this.#token.until > Date.now()) return this.#token.value;
    try {
      const token = await this.#options.token();
      // adal refreshes five minutes before the end.
      this.#token = { value: token.access_token, until: (Number(token.expires_on) - 300) * 1000 };
      return token.access_token;
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      const target = `${this.#options.resourceManagerName}${url.pathname}${url.search}`;
      const status = `StatusCode=${error.status}`;
      throw new ArmError(
        `${operation}: Failure sending request: ${status} -- Original Error: azure.BearerAuthorizer#WithAuthorization: ` +
          `Failed to refresh the Token for request to ${target}: ${status} -- Original Error: ${error.message}`,
      );
    }
  }
}

interface HttpRequest {
  readonly method: string;
  readonly ca: string;
  readonly headers: Record<string, string>;
  readonly payload: string | undefined;
  /** In place of the sandbox's own address. */
  readonly name: string;
}

async function request(url: URL, { method, ca, headers, payload, name }: HttpRequest): Promise<ArmResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = https.request(url, { method, ca, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: jsonOf(Buffer.concat(chunks).toString()),
        });
      });
    });
    outgoing.once('error', (error) => {
      reject(new ArmError(`${method} ${name}${url.pathname}: ${error.message}`));
    });
    outgoing.end(payload);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Where the operation that a write began can be watched. */
function operationOf({ status, headers }: ArmResponse): string | undefined {
  const where = headers['azure-asyncoperation'] ?? (status === 202 ? headers['location'] : undefined);
  return typeof where === 'string' ? where : undefined;
}

function stateOf({ status, body }: ArmResponse): 'InProgress' | 'Succeeded' | 'Failed' {
  const state = (body as { status?: unknown } | undefined)?.status;
  if (status >= 400 || state === 'Failed' || state === 'Canceled') return 'Failed';
  return state === 'Succeeded' || (state === undefined && status !== 202) ? 'Succeeded' : 'InProgress';
}

function errorIn(body: unknown): { readonly code: string; readonly message: string } {
  const error = (body as { error?: { code?: string; message?: string } } | undefined)?.error;
  return { code: error?.code ?? 'Unknown', message: error?.message ?? JSON.stringify(body) };
}

function retryAfter({ headers }: ArmResponse): number {
  const seconds = Number(headers['retry-after'] ?? 0);
  return Number.isFinite(seconds) ? seconds : 0;
}
