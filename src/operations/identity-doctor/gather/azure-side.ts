import type { AksCluster, Grantee } from '../../../azure/aks-cluster.ts';
import { findIdentity } from '../../../azure/identity-lookup.ts';
import { covers, sameScope } from '../../../azure/resource-id.ts';
import { builtInRoles } from '../../../azure/roles.ts';
import { listScaleSets } from '../../../azure/scale-sets.ts';
import type { AzureSession } from '../../../azure/session.ts';
import type { Vault } from '../../../azure/vault.ts';
import { resourceIdOf } from '../../../checks/doctor/bound.ts';
import type { AzureIdentityFact, DoctorFacts, RoleFact, ScaleSetFact } from '../../../checks/doctor/facts.ts';
import { grantOf } from '../../../checks/gather/vault-access.ts';
import { DiagnosticError } from '../../../diagnostics/diagnostic.ts';
import type { AzureIdentity } from '../../../kube/shapes.ts';
import { RoleAssignmentAccess } from '../../../resources/role-assignment/access.ts';
import type { RoleAssignmentSpec } from '../../../resources/role-assignment/spec.ts';
import { sameIgnoringCase } from '../../../runtime/text.ts';
import { presetSpecs } from '../../shared/preset-roles.ts';
import type { Services } from '../../shared/services.ts';

const IDENTITY_ID = /\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i;

/** More identities than these are not looked up one by one. */
const MOST_IDENTITIES = 5;

/** The identities that can be looked up, each once. */
export function lookable(identities: readonly AzureIdentity[]): readonly AzureIdentity[] {
  const byId = new Map(identities.map((identity) => [resourceIdOf(identity), identity]));
  return [...byId]
    .filter(([id]) => IDENTITY_ID.test(id))
    .map(([, identity]) => identity)
    .slice(0, MOST_IDENTITIES);
}

/** What Azure has under the ids of the AzureIdentity objects; the cluster itself tells of its kubelet identity. */
export async function readAzureIdentities(
  azure: AzureSession,
  cluster: AksCluster | undefined,
  identities: readonly AzureIdentity[],
): Promise<ReadonlyMap<string, AzureIdentityFact>> {
  const entries = lookable(identities).map(async (identity): Promise<[string, AzureIdentityFact]> => {
    const id = resourceIdOf(identity);
    const kubelet = cluster?.kubeletIdentity;
    if (kubelet && sameIgnoringCase(kubelet.resourceId, id)) return [id, { found: true, ...kubelet }];
    try {
      const { clientId, objectId } = await findIdentity(
        azure,
        {},
        { by: 'id', resourceId: identity.spec?.resourceID ?? '' },
      );
      return [id, { found: true, clientId, objectId }];
    } catch (error) {
      if (error instanceof DiagnosticError && error.diagnostic.code === 'GRA002') return [id, { found: false }];
      throw error;
    }
  });
  return new Map(await Promise.all(entries));
}

export function readScaleSets(azure: AzureSession, cluster: AksCluster): Promise<readonly ScaleSetFact[]> {
  return listScaleSets(azure, cluster.subscriptionId, cluster.nodeResourceGroup);
}

/** The grants that AksRoleGrants would plan for these identities, each with whether it is there or a wider one. */
export async function readRoles(
  services: Services,
  cluster: AksCluster,
  identities: readonly AzureIdentity[],
): Promise<readonly RoleFact[]> {
  const { kubeletIdentity } = cluster;
  if (!kubeletIdentity) {
    const message = `The cluster ${cluster.name} runs with a service principal, whose object id Azure Resource Manager does not tell.`;
    throw new DiagnosticError('AKS002', { message });
  }
  const grantees = lookable(identities).map((identity): Grantee => granteeOf(identity));
  const parties = (grantees.length > 0 ? grantees : [NOBODY]).map((identity) => ({
    cluster,
    kubelet: kubeletIdentity,
    identity,
  }));
  const specs = parties.flatMap((each) => presetSpecs('podIdentity', each));
  const distinct = [...new Map(specs.map((spec) => [`${spec.roleId} ${spec.scope}`.toLowerCase(), spec])).values()];
  const access = new RoleAssignmentAccess(services, false);
  return Promise.all(distinct.map((spec) => roleFact(access, spec, services.signal)));
}

/** Without an identity only the grants for all of them are looked at. */
const NOBODY: Grantee = { name: '', objectId: '' };

function granteeOf({ spec }: AzureIdentity): Grantee {
  const resourceId = spec?.resourceID ?? '';
  return { name: resourceId.split('/').at(-1) ?? '', objectId: '', resourceId };
}

/** They may do all that the preset's roles may. */
const WIDER: ReadonlySet<string> = new Set([builtInRoles.Owner, builtInRoles.Contributor]);
const KNOWN: ReadonlySet<string> = new Set(Object.values(builtInRoles));

async function roleFact(
  access: RoleAssignmentAccess,
  spec: RoleAssignmentSpec,
  signal: AbortSignal,
): Promise<RoleFact> {
  const { roleName, principalLabel, scopeLabel, scope } = spec;
  const listed = await access.listedAt(spec, signal);
  const there = listed.filter((each) => sameScope(each.scope, scope) || covers(each.scope, scope));
  const ids = there.map(({ roleId }) => roleId.toLowerCase());
  const held = ids.some((id) => id === spec.roleId || WIDER.has(id))
    ? 'yes'
    : ids.some((id) => !KNOWN.has(id))
      ? 'perhaps'
      : 'no';
  return { roleName, principal: principalLabel, scopeLabel, scope, held };
}

/** What each identity may do at the vault; those whose object id is not known are left out. */
export async function readGrants(
  azure: AzureSession,
  vault: Vault,
  known: ReadonlyMap<string, AzureIdentityFact>,
  secretName: string | undefined,
): Promise<Extract<DoctorFacts['vault'], { state: 'seen' }>['value']> {
  const grants = [...known].flatMap(([id, fact]) => (fact.found ? [{ id, objectId: fact.objectId }] : []));
  const entries = grants.map(async ({ id, objectId }) => {
    const grant = await grantOf(azure, vault, { objectId, secretName: secretName ?? '' });
    return [id, { ...grant, objectId }] as const;
  });
  return { vault, grants: new Map(await Promise.all(entries)) };
}
