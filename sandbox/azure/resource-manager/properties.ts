/** Compares what a request writes with what is there. */

type Properties = Readonly<Record<string, unknown>>;

/** Names of what would change. What is not written stays, and so does what an object within leaves out. */
export function differences(written: Properties, current: Properties): readonly string[] {
  return Object.keys(written).filter((name) => !isContained(written[name], current[name]));
}

function isContained(written: unknown, current: unknown): boolean {
  if (written === undefined || written === null) return true;
  if (Array.isArray(written)) {
    const items = Array.isArray(current) ? (current as readonly unknown[]) : [];
    return written.length === items.length && written.every((item, index) => isContained(item, items[index]));
  }
  if (typeof written !== 'object') return written === current;
  const there = (typeof current === 'object' && current !== null ? current : {}) as Properties;
  return Object.entries(written).every(([name, value]) => isContained(value, there[name]));
}
