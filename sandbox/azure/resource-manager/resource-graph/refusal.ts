/**
 * Resource Graph's refusals: ARM's error with the real reasons in `details`. Shapes and texts: public issue threads
 * (azure-powershell 13762, aztfexport 485, azure-sdk-for-java 29924, azure-cli-extensions 3325).
 */
import { randomUUID } from 'node:crypto';
import type { SandboxResponse } from '../../../kit/http-server.ts';
import { ArmRefusal } from '../refusal.ts';

export interface GraphErrorDetail {
  readonly code: string;
  readonly message: string;
  /** Of a syntax error; lines count from 1, characters from 0. */
  readonly line?: number;
  readonly characterPositionInLine?: number;
  readonly token?: string;
  readonly expectedToken?: string;
}

export class GraphRefusal extends ArmRefusal {
  readonly details: readonly GraphErrorDetail[];

  constructor(
    kind: { readonly status: number; readonly code: string; readonly headers?: Readonly<Record<string, string>> },
    details: readonly GraphErrorDetail[],
  ) {
    const timestamp = new Date().toISOString().replace('Z', '0000Z');
    super(
      kind.status,
      kind.code,
      `Please provide below info when asking for support: timestamp = ${timestamp}, correlationId = ${randomUUID()}.`,
      kind.headers,
    );
    this.details = details;
  }

  override response(): SandboxResponse {
    const { status, headers, code, message, details } = this;
    return { status, headers, body: { error: { code, message, details } } };
  }
}

const bad = (...details: readonly GraphErrorDetail[]): GraphRefusal =>
  new GraphRefusal({ status: 400, code: 'BadRequest' }, details);

const invalid: GraphErrorDetail = {
  code: 'InvalidQuery',
  message:
    'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.',
};

export const graphErrors = {
  syntax: (place: Omit<GraphErrorDetail, 'code' | 'message'>): GraphRefusal =>
    bad(invalid, { code: 'ParserFailure', message: 'ParserFailure', ...place }),
  /** Code and text are the sandbox's own. */
  unknownColumn: (token: string): GraphRefusal =>
    bad(invalid, { code: 'UnresolvedName', message: `Failed to resolve column named '${token}'.`, token }),
  /** Text: Azure/enterprise-azure-policy-as-code 468. */
  unknownTable: (token: string): GraphRefusal =>
    bad(invalid, {
      code: 'DisallowedLogicalTableName',
      message: `Table ${token} is invalid, unsupported or disallowed.`,
      token,
    }),
  invalidGuids: (ids: readonly string[]): GraphRefusal =>
    bad({
      code: 'SubscriptionsContainInvalidGuids',
      message: `The subscriptions contain invalid guids: '${ids.join("','")}'.`,
    }),
  noSubscriptions: (ids: readonly string[]): GraphRefusal =>
    bad({
      code: 'NoValidSubscriptionsInQueryRequest',
      message: `There must be at least one subscription that is eligible to contain resources. Given: '${ids.join("','")}'.`,
    }),
  /** Code and text are the sandbox's own. */
  invalidOption: (message: string): GraphRefusal => bad({ code: 'InvalidOptions', message }),
  accessDenied: (): GraphRefusal =>
    new GraphRefusal({ status: 403, code: 'AccessDenied' }, [
      {
        code: 'AccessDenied',
        message: 'Access is denied to the requested resource. The user might not have enough permission.',
      },
    ]),
  throttled: (headers: Readonly<Record<string, string>>): GraphRefusal =>
    new GraphRefusal({ status: 429, code: 'RateLimiting', headers }, [
      {
        code: 'RateLimiting',
        message:
          'Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.',
      },
    ]),
};
