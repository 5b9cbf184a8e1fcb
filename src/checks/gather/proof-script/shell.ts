/**
 * Shell text as it stands between the backticks, without indentation: it travels in the address of an exec request. Only
 * `\${` loses the backslash that TypeScript asks for.
 */
export function shell(text: TemplateStringsArray): string {
  return text.raw.join('').replaceAll('\\${', '${').replaceAll(/^ +/gm, '');
}
