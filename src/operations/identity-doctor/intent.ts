import type { Diagnosis, Problem } from '../../checks/doctor/diagnose.ts';
import { diagnose } from '../../checks/doctor/diagnose.ts';
import type { DiagnosticCode } from '../../diagnostics/catalogue.ts';
import type { Proof } from '../../engine/walk.ts';
import type { IntentOf } from '../shared/operation.ts';
import type { Services } from '../shared/services.ts';
import { headLines } from './head.ts';
import type { FailOn, IdentityDoctorInputs } from './inputs.ts';
import { lookAtChain } from './gather/chain.ts';

export const identityDoctorIntent: IntentOf<IdentityDoctorInputs> = (inputs, services) =>
  Promise.resolve({ mode: 'apply', goals: [], waits: [], outputs: {}, prove: () => examine(inputs, services) });

async function examine(inputs: IdentityDoctorInputs, services: Services): Promise<Proof> {
  const facts = await lookAtChain(inputs, services);
  const diagnosis = diagnose(facts);
  for (const text of headLines(diagnosis)) services.observer({ type: 'note', text });
  return proofOf(diagnosis, inputs.failOn);
}

export function proofOf({ checks, problems }: Diagnosis, failOn: FailOn): Proof {
  const codes = [...new Set(problems.map(({ diagnostic }): DiagnosticCode => diagnostic.code))];
  const outputs = { problemCount: String(problems.length), codes: codes.join(',') };
  const counts = (problem: Problem): boolean =>
    failOn === 'warning' || (failOn === 'error' && problem.severity === 'error');
  const failure = problems.find(counts)?.diagnostic;
  return { checks, outputs, ...(failure ? { failure } : {}) };
}
