import type { Diagnosis, Problem } from '../../checks/doctor/diagnose.ts';
import { count } from '../../runtime/text.ts';

/** What a reader should see first: the root cause with its next step, then the others in a line each. */
export function headLines({ problems, checks }: Diagnosis): readonly string[] {
  const [first, ...others] = problems;
  const unknown = checks.filter(({ status }) => status === 'unknown').length;
  const blind = unknown === 0 ? '' : ` ${count(unknown, 'check')} could not be made; the list says why.`;
  if (!first) return [`No problem found.${blind}`, ''];
  return [
    first.severity === 'error' ? 'The cause:' : 'No link is broken, but there is something to know:',
    ...problemLines(first),
    ...(others.length > 0 ? ['Apart from that:', ...others.flatMap(problemLines)] : []),
    ...(blind === '' ? [] : [blind.trim()]),
    '',
  ];
}

function problemLines({ diagnostic, consequences }: Problem): readonly string[] {
  const { code, message, cause, fix, detail } = diagnostic;
  return [
    `  [${code}] ${message}`,
    `    Why:  ${cause}`,
    `    Next: ${fix}`,
    ...(detail === undefined ? [] : [`    Said: ${detail}`]),
    ...(consequences.length > 0
      ? ['    These fail because of it:', ...consequences.map((title) => `      - ${title}`)]
      : []),
  ];
}
