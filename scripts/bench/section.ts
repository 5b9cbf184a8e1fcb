/** A part of the figures, measured by itself: `npm run bench -- --only <name>`. */
export interface Section {
  readonly name: string;
  readonly title: string;
  /** Markdown lines below the title. @throws where what is measured does not work */
  measure(): Promise<readonly string[]>;
}

const HEADING = '## ';

/** The document with the sections that were measured now; those that were not stay as they are. */
export function withSections(
  document: string,
  preface: readonly string[],
  sections: readonly (Pick<Section, 'title'> & { readonly lines: readonly string[] | undefined })[],
): string {
  const before = sectionsOf(document);
  const parts = sections.flatMap(({ title, lines }) => {
    const text = lines?.join('\n') ?? before.get(title);
    return text === undefined ? [] : [`${HEADING}${title}\n\n${text.trim()}\n`];
  });
  return [preface.join('\n'), ...parts].join('\n');
}

/** Texts by the titles of their second-level headings. */
function sectionsOf(document: string): ReadonlyMap<string, string> {
  const [, ...parts] = document.split(new RegExp(`^${HEADING}`, 'm'));
  return new Map(
    parts.map((part): [string, string] => {
      const end = part.indexOf('\n');
      return [part.slice(0, end).trim(), part.slice(end).trim()];
    }),
  );
}
