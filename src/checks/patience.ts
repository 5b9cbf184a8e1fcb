import type { DiagnosticCode } from '../diagnostics/catalogue.ts';
import type { Verdict } from './facts.ts';

/**
 * Failures that end the check at once, because nothing that Azure or the cluster shows will change them, but that a grant
 * of a moment ago heals all the same: why each does.
 */
export const healedByFreshGrants: Readonly<Partial<Record<DiagnosticCode, string>>> = {
  CHK010: 'MIC assigns an identity some seconds after its binding or the label of the pod was made.',
  CHK012: 'NMI catches the requests of a node some seconds after it started there.',
  CHK013: 'NMI catches the requests of a node some seconds after it started there.',
  CHK032: 'A new rule of the firewall of a vault takes up to some minutes.',
  CHK033: 'A new private endpoint and its DNS record take some minutes.',
  CHK040: 'A new access policy takes up to some minutes, and lists show it late.',
  CHK041: 'A new role assignment takes up to ten minutes, and lists show it late.',
  CHK046: 'The reason that the pod cannot show may be one of those above.',
};

/** How long waiting may help. With `retry`, whatever time or a fresh grant can heal has all the time there is. */
export function patienceOf({ diagnostic, patience }: Verdict, retry: boolean): number {
  const heals = patience > 0 || Object.hasOwn(healedByFreshGrants, diagnostic.code);
  return retry && heals ? Infinity : patience;
}
