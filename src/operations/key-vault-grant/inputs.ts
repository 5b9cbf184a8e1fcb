import type { ClusterName } from '../../azure/aks-cluster.ts';
import type { GranteeChoice } from '../../azure/identity-lookup.ts';
import { isNamedInFull } from '../../azure/identity-lookup.ts';
import type { VaultChoice } from '../../azure/vault-lookup.ts';
import type { VaultContent, VaultPermissions } from '../../azure/vault-permissions.ts';
import { vaultContents } from '../../azure/vault-permissions.ts';
import type { InputReader } from '../../inputs/input-reader.ts';
import { rules } from '../../inputs/input-reader.ts';
import type { ClusterInputName, GrantInputName, GrantInputs } from '../shared/cluster-inputs.ts';
import { readCommonInputs, readGranteeChoice, readGrantInputs, readVaultChoice } from '../shared/cluster-inputs.ts';
import type { FleetInputName } from '../shared/fleet-inputs.ts';
import { readClusterTarget } from '../shared/fleet-inputs.ts';
import type { CommonInputs } from '../shared/operation.ts';
import { parsePermissions } from './permissions.ts';

export interface KeyVaultGrantInputs extends CommonInputs, GrantInputs {
  readonly vault: VaultChoice;
  readonly identity: GranteeChoice;
  /** Undefined where the identity can be found without it. */
  readonly cluster: ClusterName | undefined;
  /** Where an identity that is given by its name alone is looked for, too. */
  readonly resourceGroup: string | undefined;
  readonly secretName: string | undefined;
  readonly permissions: VaultPermissions;
}

const permissionInputs = {
  secrets: 'secretPermissions',
  keys: 'keyPermissions',
  certificates: 'certificatePermissions',
} as const satisfies Readonly<Record<VaultContent, string>>;

type PermissionInputName = (typeof permissionInputs)[VaultContent];

export type KeyVaultGrantInputName =
  ClusterInputName | FleetInputName | GrantInputName | PermissionInputName | 'keyVault' | 'identity' | 'secretName';

export function readKeyVaultGrantInputs(read: InputReader<KeyVaultGrantInputName>): KeyVaultGrantInputs {
  const identity = readGranteeChoice(read);
  const secretName = read.optional('secretName', rules.secretName);
  return {
    ...readCommonInputs(read, { minutes: 10 }),
    ...readGrantInputs(read),
    vault: readVaultChoice(read),
    identity,
    ...readPlace(read, identity),
    secretName,
    permissions: readPermissions(read, secretName),
  };
}

/**
 * A bare name needs a group to look in: the cluster's two, or the one that is given without a cluster. An identity that
 * is named in full needs no cluster, and is the same one whatever the cluster.
 */
function readPlace(
  read: InputReader<FleetInputName>,
  identity: GranteeChoice,
): Pick<KeyVaultGrantInputs, 'cluster' | 'resourceGroup' | 'fleet'> {
  const many = read.given('clusters');
  if (isNamedInFull(identity)) {
    if (many) read.problem('clusters', `is given, but identity names one identity in full; allowed: ${NOT_IN_FULL}`);
    return { cluster: undefined, resourceGroup: undefined };
  }
  const noCluster = identity.by === 'name' && !many && !read.given('clusterName');
  if (noCluster) return { cluster: undefined, resourceGroup: read.required('resourceGroup', rules.resourceGroup) };
  const { cluster, ...target } = readClusterTarget(read);
  return { cluster, resourceGroup: cluster.resourceGroup, ...target };
}

const NOT_IN_FULL = 'an identity that each cluster has (kubelet, controlPlane, or a name), or no clusters';

function readPermissions(
  read: InputReader<PermissionInputName | 'secretName'>,
  secretName: string | undefined,
): VaultPermissions {
  const permissions = {
    secrets: readList(read, 'secrets', 'get'),
    keys: readList(read, 'keys', 'none'),
    certificates: readList(read, 'certificates', 'none'),
  };
  if (vaultContents.every((content) => permissions[content]?.length === 0))
    read.problem('secretPermissions', 'is "none", and no other permissions are asked for; allowed: one or more');
  const wider = vaultContents.filter((content) => content !== 'secrets' && permissions[content]?.length !== 0);
  const [other] = wider;
  if (secretName !== undefined && (other !== undefined || permissions.secrets?.length === 0))
    read.problem(
      'secretName',
      `is "${secretName}"; allowed only with secretPermissions and without keyPermissions and certificatePermissions, which cannot be narrowed to a secret`,
    );
  return {
    secrets: permissions.secrets ?? [],
    keys: permissions.keys ?? [],
    certificates: permissions.certificates ?? [],
  };
}

/** Undefined where the list is wrong, which is a problem by itself. */
function readList(
  read: InputReader<PermissionInputName>,
  content: VaultContent,
  byDefault: string,
): readonly string[] | undefined {
  const text = read.withDefault(permissionInputs[content], byDefault, (value) => {
    const parsed = parsePermissions(content, value);
    return typeof parsed === 'string' ? parsed : undefined;
  });
  const parsed = parsePermissions(content, text);
  return typeof parsed === 'string' ? undefined : parsed;
}
