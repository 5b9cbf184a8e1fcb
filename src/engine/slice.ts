/** The part of a job among those that share the work. */
export interface JobSlice {
  /** From 1. */
  readonly position: number;
  readonly total: number;
}

/** What of the items falls to the slice: over all positions, each item exactly once. Undefined: all of them. */
export function sliceOf<Item extends { readonly slot: number }>(
  items: readonly Item[],
  slice: JobSlice | undefined,
): readonly Item[] {
  return slice ? items.filter(({ slot }) => slot % slice.total === slice.position - 1) : items;
}
