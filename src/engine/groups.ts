/** Runs `work` for every item, at most `size` at the same time; the first failure is thrown after all under way ended. */
export async function inGroups<Item>(
  items: readonly Item[],
  size: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(size, items.length) }, worker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
