/** What a request carries that nobody may read. */
export interface Carried {
  /** The header `Authorization`. */
  readonly authorization: string | undefined;
  /** Of a form; any other body holds no secret. */
  readonly body?: string | undefined;
}

/** Fields of a form that asks for a token. */
const SECRET_FIELDS = ['client_secret', 'client_assertion'];

/** Any token, of which an answer may quote a part. */
const TOKENS = /\beyJ[\w-]{16,}(?:\.[\w-]*){0,2}/g;

/** What is shorter stands in many words by chance. */
const SHORTEST = 6;

const HIDDEN = '***';

/**
 * A refusal without what the request carried in secret: gateways that explain an error like to quote the request, and a
 * refusal is quoted in the log and in the report, where no agent masks. Called before anything cuts the text, since half
 * a secret is not found again.
 */
export function withoutEchoes(text: string, { authorization = '', body = '' }: Carried): string {
  const secrets = [authorization.replace(/^\w+ +/, ''), ...secretFields(body)].filter(
    ({ length }) => length >= SHORTEST,
  );
  let said = text;
  for (const form of secrets.flatMap(formsOf)) said = said.replaceAll(form, HIDDEN);
  return said.replaceAll(TOKENS, HIDDEN);
}

function secretFields(body: string): readonly string[] {
  if (body === '') return [];
  const form = new URLSearchParams(body);
  return SECRET_FIELDS.flatMap((name) => form.getAll(name));
}

/** As it is, as it stands in JSON, in an address and in a form; the longest first, since one may hold another. */
function formsOf(value: string): readonly string[] {
  const inForm = new URLSearchParams({ value }).toString().slice('value='.length);
  const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), inForm];
  return [...new Set(forms)].toSorted((left, right) => right.length - left.length);
}
