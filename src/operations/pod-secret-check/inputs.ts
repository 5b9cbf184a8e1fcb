import type { VaultChoice } from '../../azure/vault-lookup.ts';
import type { PodChoice } from '../../checks/gather/ready-pod.ts';
import type { Probe } from '../../checks/gather/probe.ts';
import { workloadKinds } from '../../checks/gather/ready-pod.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import { matching, rules } from '../../inputs/input-reader.ts';
import type { ClusterInputs, ProofInputName, ClusterWay, ClusterWayInputName } from '../shared/cluster-inputs.ts';
import { readProofInputs, readVaultChoice, readClusterWay } from '../shared/cluster-inputs.ts';

export type PodSecretCheckInputs = ClusterInputs &
  ClusterWay & {
    readonly pods: PodChoice;
    /** Pods that are asked at the same time. */
    readonly parallel: number;
    /** Whether failures that a fresh grant heals are waited for, too. */
    readonly retry: boolean;
    readonly probe: Probe;
    readonly probeImage: string;
    readonly vault: VaultChoice;
    readonly secretName: string;
    readonly secretVersion: string | undefined;
    /** 64 lower-case hexadecimal digits. */
    readonly expectedSha256: string | undefined;
    readonly clientId: string | undefined;
  };

export type PodSecretCheckInputName =
  | ProofInputName
  | ClusterWayInputName
  | 'namespace'
  | 'workload'
  | 'podSelector'
  | 'pods'
  | 'parallel'
  | 'retry'
  | 'probe'
  | 'probeImage'
  | 'junitFile'
  | 'container'
  | 'keyVault'
  | 'secretName'
  | 'secretVersion'
  | 'expectedSha256'
  | 'clientId';

export function readPodSecretCheckInputs(read: InputReader<PodSecretCheckInputName>): PodSecretCheckInputs {
  return {
    ...readProofInputs(read, { minutes: 10 }),
    ...readClusterWay(read),
    pods: readPodChoice(read),
    parallel: Number(read.withDefault('parallel', '5', matching(/^([1-9]|1\d|20)$/, '1 to 20'))),
    ...readProbe(read),
    retry: read.boolean('retry'),
    junitFile: read.optional('junitFile'),
    vault: readVaultChoice(read),
    secretName: read.required('secretName', rules.secretName),
    secretVersion: read.optional('secretVersion', matching(/^[0-9a-fA-F]{32}$/, 'a version: 32 hexadecimal digits')),
    expectedSha256: read
      .optional('expectedSha256', matching(/^[0-9a-fA-F]{64}$/, '64 hexadecimal digits'))
      ?.toLowerCase(),
    clientId: read.optional('clientId', rules.guid),
  };
}

/** Small and for every architecture of AKS; its numbers never move. */
const PROBE_IMAGE = 'docker.io/curlimages/curl:8.11.1';

function readProbe(read: InputReader<PodSecretCheckInputName>): Pick<PodSecretCheckInputs, 'probe' | 'probeImage'> {
  const probe = read.oneOf('probe', ['auto', 'exec', 'ephemeralContainer']);
  if (probe === 'ephemeralContainer' && read.given('expectedSha256')) {
    read.problem('probe', 'is ephemeralContainer, which cannot compare: leave expectedSha256 empty or use exec');
  }
  const image = matching(/^[a-z0-9][a-zA-Z0-9._:/@-]{0,254}$/, 'the name of an image, such as registry/name:tag');
  return { probe, probeImage: read.withDefault('probeImage', PROBE_IMAGE, image) };
}

const aliases: ReadonlyMap<string, keyof typeof workloadKinds> = new Map(
  Object.entries({
    deploy: 'deployment',
    deployments: 'deployment',
    sts: 'statefulset',
    statefulsets: 'statefulset',
    ds: 'daemonset',
    daemonsets: 'daemonset',
    rs: 'replicaset',
    replicasets: 'replicaset',
  } as const),
);

function readPodChoice(read: InputReader<PodSecretCheckInputName>): PodChoice {
  const namespace = read.withDefault('namespace', 'default', rules.namespace);
  const container = read.optional('container', rules.namespace);
  const scope = read.oneOf('pods', ['first', 'everyNode', 'all']);
  const common = { namespace, container, scope };
  const allowed = `kind/name with the kind ${Object.keys(workloadKinds).join(', ')}`;
  const workload = read.optional('workload', (text) => (parseWorkload(text) ? undefined : allowed));
  const selector = read.optional('podSelector', rules.labelSelector);
  if ((workload === undefined) === (selector === undefined)) {
    read.problem('workload', 'and podSelector: exactly one of them must be given');
  }
  const parsed = workload === undefined ? undefined : parseWorkload(workload);
  return parsed ? { ...common, by: 'workload', ...parsed } : { ...common, by: 'selector', selector: selector ?? '' };
}

/** `deployment/web`, `deploy/web`; undefined for anything else. */
export function parseWorkload(
  text: string,
): { readonly kind: keyof typeof workloadKinds; readonly name: string } | undefined {
  const [first = '', name = '', ...more] = text.split('/');
  const known = first.toLowerCase();
  const kind = Object.hasOwn(workloadKinds, known) ? (known as keyof typeof workloadKinds) : aliases.get(known);
  if (kind === undefined || more.length > 0 || rules.objectName(name) !== undefined) return undefined;
  return { kind, name };
}
