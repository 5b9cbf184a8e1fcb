import { boundTo, identitiesOf, identityInput, nameInAzure, resourceIdOf } from '../bound.ts';
import type { GrantFact } from '../../facts.ts';
import type { Vault } from '../../../azure/vault.ts';
import { count, listOf, sameIgnoringCase } from '../../../runtime/text.ts';
import type { DiagnosticCode } from '../../../diagnostics/catalogue.ts';
import type { AzureIdentity } from '../../../kube/shapes.ts';
import type { DoctorRule, Finding } from '../rule.ts';
import { failed, passed, rule, unknownBecause } from '../rule.ts';

/** Failures of a look-up that say something of the vault and nothing of the connection's rights. */
const ABOUT_VAULT: readonly DiagnosticCode[] = ['KVT001', 'KVT003', 'KVT005'];

export const vaultRule: DoctorRule = rule({
  link: 'vault',
  title: 'the key vault is there',
  follows: ['connection'],
  needs: [],
  uses: ['vault'],
  judge: (_, { vault }) => {
    if (vault.state === 'unreached') return { status: 'skipped', because: vault.because };
    if (vault.state === 'unknown') {
      const { code, ...text } = vault.diagnostic;
      return ABOUT_VAULT.includes(code) ? failed(code, text) : unknownBecause(vault.diagnostic);
    }
    const { name, model } = vault.value.vault;
    return passed(`${name}, with ${model === 'rbac' ? 'Azure RBAC' : 'access policies'}`);
  },
});

export const vaultGrantRule: DoctorRule = rule({
  link: 'vaultGrant',
  title: 'the identity may read the secrets of the vault',
  follows: ['connection', 'vault', 'azureIdentity'],
  needs: ['vault', 'pods', 'bindings', 'identities'],
  judge: ({ vault: { vault, grants }, pods, bindings, identities }) => {
    const own = identitiesOf(boundTo(pods, bindings, identities));
    if (own.length === 0) return { status: 'skipped', because: 'no identity is bound to the pods' };
    const findings = own.map((identity) => mayRead(identity, vault, grants.get(resourceIdOf(identity))));
    return findings.find(({ status }) => status !== 'passed') ?? passed(own.map(nameInAzure).join(', '));
  },
});

function mayRead(identity: AzureIdentity, vault: Vault, grant: Granted | undefined): Finding {
  if (!grant) return { status: 'skipped', because: 'the object id of the identity is not known' };
  if (grant.state === 'unknown') return { status: 'unknown', because: grant.because };
  if (grant.state === 'granted') return passed(grant.by);
  return lacking(grant, vault, {
    name: nameInAzure(identity),
    clientId: identity.spec?.clientID ?? '',
    input: identityInput(identity.spec?.resourceID ?? ''),
  });
}

type Granted = GrantFact & { readonly objectId: string };

interface Who {
  readonly name: string;
  readonly clientId: string;
  readonly input: string;
}

/** A grant that looks like the right one and does not count. */
function almost(grant: Granted, vault: Vault, { clientId }: Who): string {
  const has = (id: string): boolean => vault.policies.some(({ objectId }) => sameIgnoringCase(objectId, id));
  if (vault.model === 'rbac') {
    return has(grant.objectId) ? ' It has an access policy, which does not count in a vault with Azure RBAC.' : '';
  }
  return has(clientId) ? ` An access policy names its client id ${clientId} in place of the object id.` : '';
}

function lacking(grant: Granted, vault: Vault, identity: Who): Finding {
  const fix = `Run KeyVaultGrant@1 with keyVault: ${vault.name} and identity: ${identity.input}.`;
  const hint = almost(grant, vault, identity);
  const who = `${identity.name} (object id ${grant.objectId})`;
  if (grant.state === 'compound') {
    return failed('CHK042', {
      message: `The only access policy of ${who} in ${vault.name} is for an application acting for a user.`,
    });
  }
  return vault.model === 'rbac'
    ? failed('CHK041', { message: `${who} has no role that reads secrets at ${vault.name}.${hint}`, fix })
    : failed('CHK040', { message: `${who} has no access policy with get for secrets in ${vault.name}.${hint}`, fix });
}

/** Whether a pod's own address is let in shows only from the pod; that nobody is let in shows here. */
export const vaultNetworkRule: DoctorRule = rule({
  link: 'vaultNetwork',
  title: 'the network rules of the vault let the pods in',
  follows: ['connection', 'vault'],
  needs: ['vault'],
  judge: ({ vault: { vault } }) => {
    const closed = closedTo(vault);
    if (closed !== undefined) return closed;
    const ways = waysIn(vault.network);
    if (ways.length === 0) return passed('its firewall is off');
    const because = `it lets in ${listOf(ways)}; whether the pods are among them shows from a pod (PodSecretCheck@1)`;
    return { status: 'unknown', because };
  },
});

function closedTo({ name, network }: Vault): Finding | undefined {
  const { publicAccess, defaultAllow, ipRules, subnets, privateEndpoints } = network;
  if (privateEndpoints > 0) return undefined;
  if (!publicAccess)
    return failed('CHK033', { message: `${name} takes private connections only, and has no private endpoint.` });
  if (defaultAllow || ipRules.length + subnets.length > 0) return undefined;
  return failed('CHK032', { message: `The firewall of ${name} is on and lets in no address and no subnet.` });
}

/** None where everybody is let in. */
function waysIn({
  publicAccess,
  defaultAllow,
  ipRules,
  subnets,
  privateEndpoints,
}: Vault['network']): readonly string[] {
  if (publicAccess && defaultAllow) return [];
  return [
    ...(publicAccess && ipRules.length > 0 ? [`addresses ${ipRules.slice(0, 5).join(', ')}`] : []),
    ...(publicAccess && subnets.length > 0 ? [count(subnets.length, 'subnet')] : []),
    ...(privateEndpoints > 0 ? [count(privateEndpoints, 'private endpoint')] : []),
  ];
}
