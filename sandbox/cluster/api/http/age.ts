/** Ages in tables. */

/** As kubectl prints it: `5s`, `3m`, `2h`, `4d`. */
export function age(time: string | undefined, now: Date): string {
  if (time === undefined) return '<unknown>';
  const seconds = Math.max(Math.round((now.getTime() - Date.parse(time)) / 1000), 0);
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
