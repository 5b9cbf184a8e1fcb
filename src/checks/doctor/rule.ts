import type { DiagnosticCode } from '../../diagnostics/catalogue.ts';
import type { Diagnostic, DiagnosticText } from '../../diagnostics/diagnostic.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { DoctorFacts, DoctorQuestion, FactName } from './facts.ts';
import type { Looked } from './looked.ts';

/** Links of the chain, in the order in which one builds on the other. */
export const links = [
  'connection',
  'clusterState',
  'apiServer',
  'definitions',
  'versions',
  'pods',
  'podNetwork',
  'label',
  'binding',
  'uniqueIdentity',
  'identityObject',
  'azureIdentity',
  'rights',
  'exceptions',
  'mic',
  'nmi',
  'policies',
  'roles',
  'micLog',
  'staleAssignments',
  'assigned',
  'scaleSet',
  'nmiLog',
  'vault',
  'vaultGrant',
  'vaultNetwork',
] as const;

export type Link = (typeof links)[number];

/** What a rule says of its facts. */
export type Finding =
  | { readonly status: 'passed'; readonly found: string }
  | { readonly status: 'failed' | 'warned'; readonly diagnostic: Diagnostic }
  | { readonly status: 'skipped' | 'unknown'; readonly because: string };

/** One check of the chain: a pure judgement of the facts that it declares. */
export interface DoctorRule {
  readonly link: Link;
  /** States the good state. */
  readonly title: string;
  /** A failure of one of these explains a failure of this one. */
  readonly follows: readonly Link[];
  /** Without them the rule cannot judge. */
  readonly needs: readonly FactName[];
  judge(facts: DoctorFacts): Finding;
}

type Value<Name extends FactName> = DoctorFacts[Name] extends Looked<infer Seen> ? Seen : never;

type Values<Names extends FactName> = { readonly [Name in Names]: Value<Name> } & {
  readonly question: DoctorQuestion;
};

interface Declared<Needs extends FactName, Uses extends FactName> {
  readonly link: Link;
  readonly title: string;
  readonly follows?: readonly Link[];
  readonly needs: readonly Needs[];
  /** Facts that help, and are handed over as they are. */
  readonly uses?: readonly Uses[];
  readonly judge: (seen: Values<Needs>, looked: Pick<DoctorFacts, Uses>) => Finding;
}

/** A rule sees what it declares and nothing else; where a needed fact is missing it says why. */
export function rule<Needs extends FactName = never, Uses extends FactName = never>(
  declared: Declared<Needs, Uses>,
): DoctorRule {
  const { link, title, follows = [], needs, uses = [], judge } = declared;
  return {
    link,
    title,
    follows,
    needs,
    judge: (facts) => {
      const missing = missingFact(needs.map((name): Looked<unknown> => facts[name]));
      if (missing) return missing;
      const values = needs.map((name) => {
        const looked: Looked<unknown> = facts[name];
        return [name, looked.state === 'seen' ? looked.value : undefined];
      });
      const handed = Object.fromEntries(uses.map((name) => [name, facts[name]])) as Pick<DoctorFacts, Uses>;
      return judge({ ...Object.fromEntries(values), question: facts.question } as Values<Needs>, handed);
    },
  };
}

function missingFact(facts: readonly Looked<unknown>[]): Finding | undefined {
  for (const looked of facts) if (looked.state === 'unreached') return { status: 'skipped', because: looked.because };
  for (const looked of facts) if (looked.state === 'unknown') return unknownBecause(looked.diagnostic);
  return undefined;
}

/** A refusal names the right that is missing, so its message says enough. */
export function unknownBecause({ code, message }: Diagnostic): Finding {
  return { status: 'unknown', because: `[${code}] ${message}` };
}

export function passed(found: string): Finding {
  return { status: 'passed', found };
}

export function failed(code: DiagnosticCode, text: DiagnosticText): Finding {
  return { status: 'failed', diagnostic: diagnostic(code, text) };
}

export function warned(code: DiagnosticCode, text: DiagnosticText): Finding {
  return { status: 'warned', diagnostic: diagnostic(code, text) };
}
