import { tableLines } from './markdown.ts';
import type { Section } from './section.ts';

/** What a run asks of Azure when everything is as wanted. `tests/tasks/requests` counts each row. */
export interface SecondRun {
  readonly task: 'AksRoleGrants' | 'KeyVaultGrant';
  readonly what: string;
  /** Besides connection and cluster. */
  readonly inputs: Readonly<Record<string, string>>;
  /** All of them: assertion and token, too. */
  readonly requests: number;
  readonly why: string;
}

const vault = { keyVault: 'kvpwe001' };
const dedicated = '_rg-infra-p-we-001/id-aks-helloworld';

export const secondRuns: readonly SecondRun[] = [
  {
    task: 'AksRoleGrants',
    what: 'preset podIdentity, kubelet identity, federation',
    inputs: { azureSubscription: 'azure-conn-federated' },
    requests: 5,
    why: 'assertion, token, cluster, a list of assignments for each of two scopes',
  },
  {
    task: 'AksRoleGrants',
    what: 'a secret or a certificate in place of federation',
    inputs: { azureSubscription: 'azure-conn-certificate' },
    requests: 4,
    why: 'no assertion',
  },
  {
    task: 'AksRoleGrants',
    what: 'an identity as resourceGroup/name',
    inputs: { identity: dedicated },
    requests: 5,
    why: '1 for the identity',
  },
  {
    task: 'AksRoleGrants',
    what: 'an identity by its name alone',
    inputs: { identity: 'aks-p-we-002-AgentPool' },
    requests: 6,
    why: '1 for each group in which it may be: of the cluster and of its nodes',
  },
  {
    task: 'AksRoleGrants',
    what: 'a grant with a role that the task knows, at one more scope',
    inputs: { grants: 'Reader @ {clusterResourceGroup}' },
    requests: 5,
    why: '1 for the list at that scope',
  },
  {
    task: 'AksRoleGrants',
    what: 'a grant with any other role',
    inputs: { grants: 'Key Vault Purge Operator @ {clusterResourceGroup}' },
    requests: 6,
    why: '1 more for the role definitions of a subscription, however many names there are',
  },
  {
    task: 'AksRoleGrants',
    what: 'any other role by its id, and wait',
    inputs: { preset: 'none', grants: 'a68e7c17-0ab2-4c09-9a58-125dae29748c @ {clusterResourceGroup}', wait: 'true' },
    requests: 4,
    why: '1 for the id, none for a wait that finds nothing to wait for',
  },
  {
    task: 'KeyVaultGrant',
    what: 'a vault by name, access policies, kubelet identity, federation',
    inputs: { ...vault, azureSubscription: 'azure-conn-federated' },
    requests: 4,
    why: 'assertion, token, vaults, cluster',
  },
  {
    task: 'KeyVaultGrant',
    what: 'a vault with Azure RBAC',
    inputs: { keyVault: 'kvpwe002' },
    requests: 4,
    why: '1 for the list of assignments',
  },
  {
    task: 'KeyVaultGrant',
    what: 'secrets, keys and certificates of a vault with Azure RBAC',
    inputs: { keyVault: 'kvpwe002', keyPermissions: 'sign', certificatePermissions: 'get' },
    requests: 4,
    why: 'one list of assignments for the three roles',
  },
  {
    task: 'KeyVaultGrant',
    what: 'an identity as resourceGroup/name',
    inputs: { ...vault, identity: dedicated },
    requests: 3,
    why: '1 for the identity, none for the cluster',
  },
];

export const secondRun: Section = {
  name: 'requests',
  title: 'Requests of a second run',
  measure: () => {
    const rows = secondRuns.map(({ task, what, requests, why }) => [task, what, String(requests), why]);
    return Promise.resolve([
      'With a secret where nothing else is said. `tests/tasks/requests` counts each row in a run; nothing is written.',
      '',
      ...tableLines(['task', 'what', 'requests', 'why'], rows),
    ]);
  },
};
