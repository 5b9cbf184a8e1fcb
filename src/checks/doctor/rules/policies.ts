import type { LabelSelector, NetworkPolicy, Pod } from '../../../kube/shapes.ts';
import { place } from '../bound.ts';
import type { DoctorRule } from '../rule.ts';
import { failed, passed, rule } from '../rule.ts';
import { namesOf } from './pods.ts';

/** Where pods ask for tokens. The rule of NMI leads it on to the node, so policies see one address or the other. */
const METADATA = '169.254.169.254';

export const policiesRule: DoctorRule = rule({
  link: 'policies',
  title: 'no network policy keeps the pods from the metadata address',
  follows: ['pods'],
  needs: ['policies', 'pods'],
  judge: ({ policies, pods }) => {
    if (pods.length === 0) return { status: 'skipped', because: 'there is no pod' };
    for (const pod of pods) {
      // Policies add up: one that lets through is enough.
      const own = policies.filter((policy) => isForEgress(policy) && selects(policy.spec?.podSelector ?? {}, pod));
      const [first] = own;
      if (first && !own.some(letsThrough)) {
        return failed('DOC030', {
          message: `The NetworkPolicy ${place(first)} lets ${namesOf([pod])} send nothing to ${METADATA}.`,
        });
      }
    }
    return passed(`${String(policies.length)} in the namespace`);
  },
});

function isForEgress({ spec }: NetworkPolicy): boolean {
  return spec?.policyTypes?.includes('Egress') ?? spec?.egress !== undefined;
}

/** A rule without `to` or with a block of addresses that holds the metadata address, or NMI's on the node itself. */
function letsThrough({ spec }: NetworkPolicy): boolean {
  return (spec?.egress ?? []).some(
    ({ to, ports }) =>
      (ports === undefined ||
        ports.length === 0 ||
        ports.some(({ port }) => [undefined, 80, 2579, 'http'].includes(port))) &&
      (to === undefined ||
        to.length === 0 ||
        to.some(({ ipBlock }) => ipBlock !== undefined && holdsMetadata(ipBlock))),
  );
}

function holdsMetadata({
  cidr = '',
  except = [],
}: {
  readonly cidr?: string;
  readonly except?: readonly string[];
}): boolean {
  const named = [METADATA, '127.0.0.1'].filter((address) => isIn(address, cidr));
  return named.some((address) => !except.some((hole) => isIn(address, hole)));
}

/** IPv4 only; a block of IPv6 holds neither address. */
function isIn(address: string, cidr: string): boolean {
  const [network = '', bits = '32'] = cidr.split('/');
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(network)) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(network) / size);
}

function numberOf(address: string): number {
  let value = 0;
  for (const part of address.split('.')) value = value * 256 + Number(part);
  return value;
}

export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, { metadata }: Pod): boolean {
  const labels = metadata.labels ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const listed = value !== undefined && values.includes(value);
      return operator === 'In' ? listed : !listed;
    })
  );
}
