/** What the operations on secrets have in common. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { pageOf } from '../paging.ts';
import type { OperationKind } from './authorize.ts';
import type { Backups } from './backups.ts';
import type { Wording } from './bodies.ts';
import { vaultErrors } from './refusal.ts';
import type { Settling } from './settling.ts';

export interface VaultCall extends Wording {
  readonly method: string;
  /** The path without empty parts. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly backups: Backups;
  readonly settling: Settling;
  /** The most that a page of a list holds. */
  readonly pageSize: number;
  /** Of the next page. */
  link(query: Readonly<Record<string, string>>): string;
}

export interface Operation {
  readonly kind: OperationKind;
  readonly secret: string | undefined;
  readonly run: () => SandboxResponse;
}

export function ok(body: object): SandboxResponse {
  return { status: 200, body };
}

const tokenName = '$skiptoken';

/** A page holds 25 and no more; `maxresults` may ask for less. @throws VaultRefusal 400 */
export function inPages(call: VaultCall, items: readonly object[]): SandboxResponse {
  const wanted = Number(call.query.get('maxresults') ?? '25');
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 25) {
    throw vaultErrors.badParameter('The value of maxresults must be between 1 and 25.');
  }
  const page = pageOf(items, call.query.get(tokenName), Math.min(wanted, call.pageSize));
  if (!page) throw vaultErrors.badParameter('The skip token is invalid.');
  const nextLink = page.next === undefined ? null : call.link({ [tokenName]: page.next });
  return ok({ value: page.items, nextLink });
}

/** The request's body. @throws VaultRefusal 400 */
export function parsed({ body }: VaultCall): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw vaultErrors.badParameter('The request body is not valid JSON.');
  }
}
