/** The names most like a misspelt one, best first; none that has little in common with it. */
export function nearestNames(wanted: string, names: readonly string[], most = 3): readonly string[] {
  return names
    .map((name) => ({ name, likeness: likeness(wanted, name) }))
    .filter((each) => each.likeness >= LEAST)
    .sort((a, b) => b.likeness - a.likeness || a.name.localeCompare(b.name))
    .slice(0, most)
    .map(({ name }) => name);
}

/** Below this, names share a common word (`Contributor`) and no more. */
const LEAST = 0.45;

/** Dice's coefficient over pairs of letters: 0 to 1, deaf to the order of words and to one letter missing or doubled. */
function likeness(left: string, right: string): number {
  const [some, others] = [pairs(left), pairs(right)];
  if (some.length + others.length === 0) return 0;
  const open = [...others];
  const shared = some.filter((pair) => {
    const at = open.indexOf(pair);
    if (at >= 0) open.splice(at, 1);
    return at >= 0;
  });
  return (2 * shared.length) / (some.length + others.length);
}

function pairs(text: string): string[] {
  const letters = text.toLowerCase().replace(/\s+/g, '');
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, index) => letters.slice(index, index + 2));
}
