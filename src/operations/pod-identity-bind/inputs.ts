import type { IdentityChoice } from '../../azure/identity-lookup.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import { rules } from '../../inputs/input-reader.ts';
import type { ClusterInputName, ClusterInputs, ClusterWay, ClusterWayInputName } from '../shared/cluster-inputs.ts';
import { readClusterInputs, readIdentityChoice, readClusterWay } from '../shared/cluster-inputs.ts';
import type { WorkloadLine } from './workload-line.ts';
import { parseWorkloadLine } from './workload-line.ts';

export interface PodIdentityBindInputs extends ClusterInputs, ClusterWay {
  readonly identity: IdentityChoice;
  readonly namespace: string;
  readonly azureIdentityName: string | undefined;
  readonly bindingName: string | undefined;
  readonly selector: string | undefined;
  readonly workloads: readonly WorkloadLine[];
  /** Label selector of running pods. */
  readonly pods: string | undefined;
}

export type PodIdentityBindInputName =
  | ClusterInputName
  | ClusterWayInputName
  | 'identity'
  | 'namespace'
  | 'azureIdentityName'
  | 'bindingName'
  | 'selector'
  | 'workloads'
  | 'pods';

export function readPodIdentityBindInputs(read: InputReader<PodIdentityBindInputName>): PodIdentityBindInputs {
  return {
    ...readClusterInputs(read, { minutes: 10 }),
    ...readClusterWay(read),
    identity: readIdentityChoice(read),
    namespace: read.withDefault('namespace', 'default', rules.namespace),
    azureIdentityName: read.optional('azureIdentityName', rules.objectName),
    bindingName: read.optional('bindingName', rules.objectName),
    selector: read.optional('selector', rules.labelValue),
    workloads: readWorkloads(read),
    pods: read.optional('pods', rules.labelSelector),
  };
}

function readWorkloads(read: InputReader<'workloads'>): readonly WorkloadLine[] {
  return read.lines('workloads').flatMap(({ text, line }) => {
    const parsed = parseWorkloadLine(text);
    if (typeof parsed !== 'string') return [parsed];
    read.problem('workloads', `line ${String(line)} is "${text}"; allowed: ${parsed}`);
    return [];
  });
}
