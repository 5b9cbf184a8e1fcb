import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { CheckResult } from '../../engine/check.ts';
import type { DoctorFacts } from './facts.ts';
import type { DoctorRule, Finding, Link } from './rule.ts';
import { doctorRules } from './rules/index.ts';

/** One thing to mend, with what else is wrong only because of it. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly diagnostic: Diagnostic;
  /** Titles of the checks that follow from it. */
  readonly consequences: readonly string[];
}

export interface Diagnosis {
  readonly checks: readonly CheckResult[];
  /** The root cause first, then what else is wrong by itself, then warnings. */
  readonly problems: readonly Problem[];
}

interface Judged {
  readonly rule: DoctorRule;
  readonly finding: Finding;
}

/** Pure: the same facts always give the same diagnosis. */
export function diagnose(facts: DoctorFacts): Diagnosis {
  const judged = doctorRules.map((rule): Judged => ({ rule, finding: rule.judge(facts) }));
  const broken = new Map(
    judged.flatMap(({ rule, finding }) => (finding.status === 'failed' ? [[rule.link, finding.diagnostic]] : [])),
  );
  const rootOf = rootFinder(broken);
  const problems = [
    ...judged.flatMap(({ rule, finding }) =>
      finding.status === 'failed' && rootOf(rule.link) === rule.link
        ? [problem('error', finding.diagnostic, consequencesOf(rule.link, judged, rootOf))]
        : [],
    ),
    // Behind a broken link a warning only repeats it.
    ...judged.flatMap(({ rule, finding }) =>
      finding.status === 'warned' && rootOf(rule.link) === undefined
        ? [problem('warning', finding.diagnostic, [])]
        : [],
    ),
  ];
  const checks = judged.map((each) => checkOf(each, rootOf, broken));
  return { checks, problems };
}

function problem(severity: Problem['severity'], diagnostic: Diagnostic, consequences: readonly string[]): Problem {
  return { severity, diagnostic, consequences };
}

/** The broken link that a link hangs on, itself where nothing before it is broken; undefined where nothing is broken. */
function rootFinder(broken: ReadonlyMap<Link, Diagnostic>): (link: Link) => Link | undefined {
  const followed = new Map(doctorRules.map(({ link, follows }) => [link, follows]));
  const before = (link: Link): Link | undefined => {
    for (const earlier of followed.get(link) ?? []) {
      const root = rootOf(earlier);
      if (root !== undefined) return root;
    }
    return undefined;
  };
  const rootOf = (link: Link): Link | undefined => before(link) ?? (broken.has(link) ? link : undefined);
  return rootOf;
}

function consequencesOf(
  root: Link,
  judged: readonly Judged[],
  rootOf: (link: Link) => Link | undefined,
): readonly string[] {
  return judged
    .filter(({ rule, finding }) => finding.status === 'failed' && rule.link !== root && rootOf(rule.link) === root)
    .map(({ rule }) => rule.title);
}

function checkOf(
  { rule, finding }: Judged,
  rootOf: (link: Link) => Link | undefined,
  broken: ReadonlyMap<Link, Diagnostic>,
): CheckResult {
  const { title, link } = rule;
  if (finding.status !== 'failed') return { title, ...finding };
  const root = rootOf(link);
  const followsFrom = root === undefined || root === link ? undefined : broken.get(root)?.code;
  return { title, ...finding, ...(followsFrom === undefined ? {} : { followsFrom }) };
}
