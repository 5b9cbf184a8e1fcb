/** Searches for secrets in everything that a run leaves behind, in the forms in which they slip through masks. */

/** A place that people or programs can read, with all of its text. */
export interface Place {
  readonly name: string;
  readonly content: string;
}

/** A secret by a name that may be shown. */
export interface KnownSecret {
  readonly name: string;
  readonly value: string;
}

/** The four forms: plain, base64 (at each alignment, as it would stand within something longer), URL-encoded, JSON-escaped. */
export function formsOf(value: string): readonly { readonly form: string; readonly text: string }[] {
  return [
    { form: 'plain', text: value },
    ...[0, 1, 2].map((shift) => ({ form: `base64+${String(shift)}`, text: base64Core(value, shift) })),
    { form: 'URL-encoded', text: encodeURIComponent(value) },
    { form: 'JSON-escaped', text: JSON.stringify(value).slice(1, -1) },
  ].filter(({ text }) => text.length >= 6);
}

/** The characters of the base64 form that do not depend on what stands before and after the value. */
function base64Core(value: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
  const whole = Math.floor(bytes.length / 3) * 3;
  const encoded = bytes.subarray(0, whole).toString('base64');
  return encoded.slice(shift === 0 ? 0 : 4);
}

/** `<secret> (<form>) in <place>` for every find; never the secret itself. */
export function findLeaks(secrets: readonly KnownSecret[], places: readonly Place[]): readonly string[] {
  return secrets.flatMap(({ name, value }) =>
    formsOf(value).flatMap(({ form, text }) =>
      places.filter(({ content }) => content.includes(text)).map((place) => `${name} (${form}) in ${place.name}`),
    ),
  );
}
