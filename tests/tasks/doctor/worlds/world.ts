/** A chain that works, as one of the many that work, and up to three faults in it: all of it from one seed. */
import { deployment, Draft, names } from '../support/draft.ts';
import { asked } from '../support/examine.ts';
import type { Fault } from './faults.ts';
import { faults } from './faults.ts';
import { Random } from './random.ts';

export interface GeneratedWorld {
  readonly seed: number;
  readonly draft: Draft;
  readonly inputs: Readonly<Record<string, string>>;
  /** In the order in which they were made. */
  readonly faults: readonly Fault[];
}

/** @param share of worlds that have faults */
export function generateWorld(seed: number, share: number): GeneratedWorld {
  const random = new Random(seed);
  const draft = new Draft();
  const model = random.chance(0.5) ? 'rbac' : 'policy';
  for (const vary of variations) if (random.chance(0.5)) vary(draft, random);
  const chosen = random.chance(share) ? spoil(draft, random, model) : [];
  const keyVault = model === 'rbac' ? names.rbacVault : names.vault;
  const { podSelector, ...rest } = asked;
  const wide = random.chance(0.3) && !chosen.some(({ named }) => named.includes('DOC013'));
  const inputs = wide ? { ...rest, keyVault } : { ...rest, podSelector, keyVault };
  return { seed, draft, inputs, faults: chosen };
}

/** One to three faults that fit the model of the vault. */
function spoil(draft: Draft, random: Random, model: Fault['model']): readonly Fault[] {
  const fitting = faults.filter((fault) => fault.model === undefined || fault.model === model);
  const amount = 1 + random.below(3);
  const chosen: Fault[] = [];
  for (let tries = 0; chosen.length < amount && tries < 20; tries += 1) {
    const fault = random.pick(fitting);
    if (!chosen.includes(fault) && applies(draft, fault, random)) chosen.push(fault);
  }
  return chosen;
}

/** Two faults may want the same object: the second finds nothing to spoil. */
function applies(draft: Draft, fault: Fault, random: Random): boolean {
  try {
    fault.apply(draft, random);
    return true;
  } catch {
    return false;
  }
}

/** Ways to be healthy. */
const variations: readonly ((draft: Draft, random: Random) => void)[] = [
  (draft, random) => {
    draft.workload('Deployment', 'web').spec.replicas = 1 + random.below(4);
  },
  (draft) => {
    draft.workload('Deployment', 'mic').spec.replicas = 1;
  },
  (draft) => {
    draft.revoke('Virtual Machine Contributor', names.kubelet);
    draft.grant('Contributor', names.kubelet, draft.group(names.nodeGroup));
  },
  (draft) => {
    draft.revoke('Managed Identity Operator', names.kubelet);
    draft.grant('Managed Identity Operator', names.kubelet, draft.group(names.infraGroup));
  },
  (draft) => {
    draft.revoke('Key Vault Secrets User', names.identity);
    draft.grant('Key Vault Secrets User', names.identity, `${draft.vaultId(names.rbacVault)}/secrets/password`);
  },
  (draft) => {
    draft.revoke('Key Vault Secrets User', names.identity);
    draft.grant('Key Vault Secrets Officer', names.identity, draft.group(names.infraGroup));
  },
  (draft) => {
    draft.vault.accessPolicies = [{ principal: names.identity, secrets: ['all'], keys: [], certificates: [] }];
  },
  // Others in the same cluster, with faults of their own that are nobody's business here.
  (draft) => {
    const apiVersion = 'aadpodidentity.k8s.io/v1';
    const metadata = { name: 'of-others', namespace: 'kube-system' };
    const others = deployment('others', { app: 'others', aadpodidbinding: 'of-others' });
    others.metadata.namespace = 'kube-system';
    draft.add(
      others,
      { apiVersion, kind: 'AzureIdentity', metadata, spec: { type: 0, resourceID: '', clientID: '' } },
      { apiVersion, kind: 'AzureIdentityBinding', metadata, spec: { azureIdentity: 'nobody', selector: 'nobodys' } },
    );
  },
  (draft) => {
    draft.add({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'ingress-only', namespace: names.namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    });
  },
  (draft) => {
    draft.scaleSet.identities.push(draft.identityId);
  },
  (draft) => {
    for (const vault of [draft.vault, draft.rbacVault])
      vault.networkAcls = { defaultAction: 'Deny', ipRules: ['203.0.113.0/24'] };
  },
];
