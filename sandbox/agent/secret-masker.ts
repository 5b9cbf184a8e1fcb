/** Replaces secrets in log lines by `***`, in every form that the agent's own masker knows (facts/azure-pipelines.md 1.4). */

const credentialsInUrl = /(?<=\/\/[^:/?#\n\s]*:)[^@\n\s]+?(?=@)/g;

/** Authorization parameters of a service connection that the agent does not take for secrets; all others are. */
const openAuthorizationParameters = new Set(
  [
    'IdToken Role Scope TenantId IssuedAt ExpiresAt Audience AuthenticationType AuthorizationType AccessTokenType',
    'AccessTokenFetchingMethod UseWindowsSecurity Unsecured OAuthAccessTokenIsSupplied CompleteCallbackPayload',
    'AcceptUntrustedCertificates',
  ]
    .join(' ')
    .toLowerCase()
    .split(' '),
);

export class SecretMasker {
  readonly #texts = new Set<string>();

  /** A value as a command or a service connection gave it, with its JSON-, URI- and backslash-escaped forms. */
  add(value: string): void {
    if (value === '') return;
    for (const form of [
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponentSafely(value),
      unescapeBackslashes(value),
    ]) {
      if (form !== '') this.#texts.add(form);
    }
  }

  /** A secret variable of the job: also without quotes around it, escaped as commands are, and in base64. */
  addVariable(value: string): void {
    if (value.trim() === '') return;
    const escapedLines = value.replaceAll('\r', '%0D').replaceAll('\n', '%0A');
    const escaped = value.replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
    for (const form of [value, escaped, escapedLines, Buffer.from(value, 'utf8').toString('base64')]) {
      this.add(form);
      for (const quote of [`'`, '"']) {
        if (form.startsWith(quote) && form.endsWith(quote)) this.add(trimCharacter(form, quote));
      }
    }
    this.add(value.trim());
  }

  mask(line: string): string {
    const ranges = [...this.#occurrences(line)].sort((a, b) => a.start - b.start);
    let result = '';
    let position = 0;
    for (let index = 0; index < ranges.length;) {
      const first = ranges[index];
      if (!first) break;
      let { end } = first;
      // Touching secrets become one mask, so that their number does not show.
      for (index += 1; (ranges[index]?.start ?? Infinity) <= end; index += 1)
        end = Math.max(end, ranges[index]?.end ?? 0);
      result += `${line.slice(position, first.start)}***`;
      position = end;
    }
    return result + line.slice(position);
  }

  *#occurrences(line: string): Iterable<{ start: number; end: number }> {
    for (const text of this.#texts) {
      for (let at = line.indexOf(text); at >= 0; at = line.indexOf(text, at + 1))
        yield { start: at, end: at + text.length };
    }
    for (const match of line.matchAll(credentialsInUrl))
      yield { start: match.index, end: match.index + match[0].length };
  }
}

/** Whether the agent masks this authorization parameter. The client id of a service principal is masked, its tenant is not. */
export function isSecretAuthorizationParameter(name: string): boolean {
  return !openAuthorizationParameters.has(name.toLowerCase());
}

function encodeURIComponentSafely(value: string): string {
  try {
    return encodeURIComponent(value).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  } catch {
    // Half of a surrogate pair has no UTF-8 form; the plain form is masked all the same.
    return value;
  }
}

/** What a shell makes of the value: `\\` is one backslash, `\"` a quote. */
function unescapeBackslashes(value: string): string {
  const named: Record<string, string> = { t: '\t', n: '\n', r: '\r' };
  return value.replace(/\\(.)/g, (_, character: string) => named[character] ?? character);
}

function trimCharacter(text: string, character: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === character) start += 1;
  while (end > start && text[end - 1] === character) end -= 1;
  return text.slice(start, end);
}
