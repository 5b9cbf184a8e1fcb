/**
 * Like `Promise.all`, but the first failure in the order of the list is thrown only when nothing is under way any more:
 * what still ran would go on telling the log of a run that has ended, and which failure is told would be chance.
 */
export async function together<Values extends readonly unknown[]>(work: {
  readonly [Index in keyof Values]: Values[Index] | Promise<Values[Index]>;
}): Promise<Values> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.map((result) => (result.status === 'fulfilled' ? result.value : undefined)) as unknown as Values;
}
