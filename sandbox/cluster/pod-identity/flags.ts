/** Command-line flags of Go programs: `--name=value`, `--name value`, `--name` for true, one or two dashes. */

export type Flags = ReadonlyMap<string, string>;

export function parseFlags(words: readonly string[]): Flags {
  const flags = new Map<string, string>();
  for (const [index, word] of words.entries()) {
    const parts = /^--?(?<name>[^=]+)(=(?<value>.*))?$/s.exec(word)?.groups;
    if (!parts) continue;
    const next = words[index + 1];
    const following = next === undefined || next.startsWith('-') ? 'true' : next;
    flags.set(parts['name'] ?? '', parts['value'] ?? following);
  }
  return flags;
}

export function isOn(flags: Flags, name: string, otherwise = false): boolean {
  const value = flags.get(name);
  return value === undefined ? otherwise : value === 'true' || value === '1';
}

export function numberOf(flags: Flags, name: string, otherwise: number): number {
  const value = Number.parseFloat(flags.get(name) ?? '');
  return Number.isNaN(value) ? otherwise : value;
}

/** Go's durations in seconds: `3600s`, `3m0s`, `500ms`. */
export function secondsOf(flags: Flags, name: string, otherwise: number): number {
  const text = flags.get(name);
  if (text === undefined) return otherwise;
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  let seconds = 0;
  for (const { groups } of text.matchAll(/(?<amount>\d+(\.\d+)?)(?<unit>ms|h|m|s)/g)) {
    seconds += Number(groups?.['amount']) * (units[groups?.['unit'] ?? 's'] ?? 1);
  }
  return seconds;
}
