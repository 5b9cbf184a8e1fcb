/** Lists in pages, for Resource Manager and Key Vault. */

export interface Page<Item> {
  readonly items: readonly Item[];
  /** What the address of the next page says; undefined on the last one. */
  readonly next: string | undefined;
}

/** `token`: as an earlier page gave it; null for the first one. Undefined for a token that no page gave. */
export function pageOf<Item>(all: readonly Item[], token: string | null, size: number): Page<Item> | undefined {
  const start = token === null ? 0 : positionOf(token);
  if (start === undefined) return undefined;
  const end = start + size;
  return { items: all.slice(start, end), next: end < all.length ? tokenFor(end) : undefined };
}

/** Nobody may read anything in it, so it looks like nothing. */
function tokenFor(position: number): string {
  return Buffer.from(`position=${String(position)}`).toString('base64url');
}

function positionOf(token: string): number | undefined {
  const position = /^position=(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  return position === undefined ? undefined : Number(position);
}
