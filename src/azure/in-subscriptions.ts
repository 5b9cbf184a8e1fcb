const AT_ONCE = 8;

/** The first answer of any of the subscriptions, in their order; a few are asked at the same time. */
export async function inSubscriptions<Found>(
  subscriptionIds: readonly string[],
  look: (subscriptionId: string) => Promise<Found | undefined>,
): Promise<Found | undefined> {
  for (let start = 0; start < subscriptionIds.length; start += AT_ONCE) {
    const found = await Promise.all(subscriptionIds.slice(start, start + AT_ONCE).map(look));
    const hit = found.find((each) => each !== undefined);
    if (hit !== undefined) return hit;
  }
  return undefined;
}
