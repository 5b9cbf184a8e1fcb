/** Lines of MIC and NMI: klog's level and time (`E1124 02:14:04.123456`), then the source and the text. */
const KLOG = /^([IWEF])\d{4} [\d:.]+\s+\d+ \S+\] (.*)$/s;

const LONGEST = 700;

/** The last error or fatal line, without its head; undefined where there is none. */
export function lastErrorOf(lines: readonly string[]): string | undefined {
  const errors = lines.flatMap((line) => {
    const [, level, text] = KLOG.exec(line) ?? [];
    return text !== undefined && (level === 'E' || level === 'F') ? [text] : [];
  });
  return errors.at(-1)?.slice(0, LONGEST);
}

/** The text of a line without its head; the line itself where it has none. */
export function textOf(line: string): string {
  return KLOG.exec(line)?.[2] ?? line;
}
