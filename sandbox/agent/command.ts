/** The agent's logging commands: `##vso[area.event name=value;name=value]data`. */

export interface Command {
  /** Lower case. */
  readonly area: string;
  /** Lower case. */
  readonly event: string;
  /** Names lower case. */
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const prefix = '##vso[';
const escapes: readonly (readonly [replacement: RegExp, token: string])[] = [
  [/%3B/g, ';'],
  [/%0D/g, '\r'],
  [/%0A/g, '\n'],
  [/%5D/g, ']'],
  // Last, so that an escaped percent sign does not make a new escape out of the text behind it.
  [/%AZP25/g, '%'],
];

/**
 * Reads the first command of a line, wherever in the line it stands: the agent acts on `##vso[` in the middle of a
 * sentence, too. Undefined where the line holds no well-formed command (facts/azure-pipelines.md 1.3).
 */
export function parseCommand(line: string): Command | undefined {
  const start = line.indexOf(prefix);
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  const info = line.slice(start + prefix.length, end);
  const space = info.indexOf(' ');
  const parts = (space < 0 ? info : info.slice(0, space)).split('.').filter((part) => part !== '');
  const [area, event] = parts;
  if (area === undefined || event === undefined || parts.length !== 2) return undefined;
  return {
    area: area.toLowerCase(),
    event: event.toLowerCase(),
    properties: parseProperties(space < 0 ? '' : info.slice(space + 1)),
    data: unescapeCommand(line.slice(end + 1)),
  };
}

/** True for a line that looks like a command but is none: the agent warns about it. */
export function isMalformedCommand(line: string): boolean {
  return line.includes('##vso') && parseCommand(line) === undefined;
}

function parseProperties(text: string): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const pair of text.split(';')) {
    const equals = pair.indexOf('=');
    if (equals <= 0 || equals === pair.length - 1) continue;
    properties[pair.slice(0, equals).toLowerCase()] = unescapeCommand(pair.slice(equals + 1));
  }
  return properties;
}

function unescapeCommand(text: string): string {
  let result = text;
  for (const [replacement, token] of escapes) result = result.replace(replacement, token);
  return result;
}
