import type { CloudName } from '../clouds.ts';
import type { DelaySpec } from '../kit/delays.ts';

/**
 * A scenario: the world as it is before a pipeline runs, as data (YAML). Names are the user's; ids that a scenario does
 * not give are derived from the names (stable from run to run); secrets that it does not give are random in every run.
 */
export interface Scenario {
  /** Whose names, audiences and issuers the sandbox has. */
  readonly cloud: CloudName;
  readonly tenants: readonly TenantSpec[];
  readonly subscriptions: readonly SubscriptionSpec[];
  readonly managementGroups?: readonly ManagementGroupSpec[];
  readonly serviceConnections: readonly ServiceConnectionSpec[];
  /** The machine that the pipeline agent runs on; without it the machine has no managed identity. */
  readonly agent?: AgentSpec;
  /** The most that a page of any list of Resource Manager or Key Vault holds. Default: what the services give. */
  readonly pageSize?: number;
  /** Of Resource Manager. Default: what Azure documents. */
  readonly throttling?: Throttling;
  readonly delays?: readonly DelaySpec[];
  /** Seconds that every access token is valid. Default: what Entra (about an hour) and the instance metadata service (a day) give. */
  readonly tokenLifetime?: number;
}

/** `off`: no limits and no headers. */
export type Throttling = 'off' | ThrottlingSpec;

/** Token buckets of each principal in each subscription, by kind of operation; what is left out is as Azure documents it. */
export interface ThrottlingSpec {
  readonly reads?: BucketSpec;
  /** Actions by POST count as writes, too. */
  readonly writes?: BucketSpec;
  readonly deletes?: BucketSpec;
  /** Multiplies every refill: with 20 a test of a fleet runs in a twentieth of the time. Default: 1. */
  readonly speed?: number;
}

export interface BucketSpec {
  readonly size: number;
  readonly perSecond: number;
}

/** Identities by `resourceGroup/name`: the system-assigned one is written like the others, so that roles can be given to it. */
export interface AgentSpec {
  readonly systemAssigned?: string;
  readonly userAssigned: readonly string[];
}

export interface TenantSpec {
  readonly name: string;
  /** GUID; derived from the name where it is left out. */
  readonly id: string;
  readonly applications: readonly ApplicationSpec[];
}

/** An app registration with its service principal in this tenant. */
export interface ApplicationSpec {
  readonly name: string;
  readonly clientId: string;
  /** Object id of the service principal: what role assignments name. */
  readonly objectId: string;
  /** Random in every run unless the scenario says otherwise. */
  readonly secret: string;
  /** The secret ran out. */
  readonly secretExpired?: boolean;
  /** A certificate with its key, made anew in every run and registered with the application; `expired` ran out yesterday. */
  readonly certificate: 'none' | 'valid' | 'expired';
  /** Holds the Entra role Directory Readers: may ask Microsoft Graph, which service connections commonly may not. */
  readonly directoryReader: boolean;
  readonly federatedCredentials: readonly {
    readonly issuer: string;
    readonly subject: string;
    readonly audience: string;
  }[];
}

/** Above subscriptions. Each tenant has a root group besides, whose name is the tenant's id. */
export interface ManagementGroupSpec {
  /** As scopes say it: `/providers/Microsoft.Management/managementGroups/<name>`. */
  readonly name: string;
  readonly displayName?: string;
  readonly tenant: string;
  /** By name; the tenant's root group where it is left out. */
  readonly parent?: string;
  /** Those directly below it, by name. */
  readonly subscriptions: readonly string[];
  /** Of the group itself: no scope needs to be written. */
  readonly roleAssignments: readonly RoleAssignmentSpec[];
  readonly denyAssignments: readonly DenyAssignmentSpec[];
}

export interface SubscriptionSpec {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly resourceGroups: readonly ResourceGroupSpec[];
  readonly customRoles: readonly CustomRoleSpec[];
  readonly roleAssignments: readonly RoleAssignmentSpec[];
  readonly denyAssignments?: readonly DenyAssignmentSpec[];
  readonly locks?: readonly LockSpec[];
}

export interface ResourceGroupSpec {
  readonly name: string;
  readonly location: string;
  readonly identities: readonly { readonly name: string; readonly clientId: string; readonly principalId: string }[];
  readonly clusters: readonly ClusterSpec[];
  readonly vaults: readonly VaultSpec[];
  readonly scaleSets: readonly ScaleSetSpec[];
}

export interface CustomRoleSpec {
  readonly name: string;
  readonly id: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions?: readonly string[];
}

export interface RoleAssignmentSpec {
  /** The assignment's own GUID; derived where it is left out. */
  readonly name: string;
  /** Built-in or custom role by name. */
  readonly role: string;
  /** Object id, or the name of an application or an identity of the scenario. */
  readonly principal: string;
  /** ARM scope; `{subscription}` stands for `/subscriptions/<id>`. */
  readonly scope: string;
  readonly description?: string;
  /** In Azure's language of conditions, version 2.0. */
  readonly condition?: string;
}

/** What Azure's own services and blueprints make; nobody creates them through the API. */
export interface DenyAssignmentSpec {
  readonly name: string;
  /** GUID; derived where it is left out. */
  readonly id: string;
  readonly description?: string;
  /** As in {@link RoleAssignmentSpec}. */
  readonly scope: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
  /** As in {@link RoleAssignmentSpec}; everybody where it is empty. */
  readonly principals: readonly string[];
  readonly excludePrincipals: readonly string[];
  readonly doNotApplyToChildScopes: boolean;
}

export interface LockSpec {
  readonly name: string;
  /** As in {@link RoleAssignmentSpec}. */
  readonly scope: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
  readonly notes?: string;
}

export interface ScaleSetSpec {
  readonly name: string;
  /** Resource ids of user-assigned identities on the scale set, in the letter case in which they were written. */
  readonly identities: readonly string[];
}

export interface ClusterSpec {
  readonly name: string;
  readonly kubernetesVersion: string;
  readonly nodeResourceGroup: string;
  /** `resourceGroup/name` of the identity in `identityProfile.kubeletidentity`, of this subscription or another; none for service principal clusters. */
  readonly kubeletIdentity?: string;
  /** `SystemAssigned`, `UserAssigned`, or `None`: a cluster with a service principal. */
  readonly identityType: 'SystemAssigned' | 'UserAssigned' | 'None';
  readonly enableRbac: boolean;
  readonly networkPlugin: 'azure' | 'kubenet' | 'none';
  readonly nodeRestriction: 'Unrestricted' | 'ReadOnly';
  readonly podIdentityAddon: boolean;
  readonly disableLocalAccounts: boolean;
  /** The API server has a name and an address in its virtual network only: agents do not reach it. */
  readonly privateCluster: boolean;
  readonly disableRunCommand: boolean;
  /** Sign-in with Microsoft Entra, and what decides then: the cluster's own RBAC alone, or Azure RBAC beside it. */
  readonly entra: 'none' | 'kubernetesRbac' | 'azureRbac';
  readonly powerState: 'Running' | 'Stopped';
  /** False: only Azure knows the cluster, and no Kubernetes API is started for it. For scenarios with very many clusters. */
  readonly apiServer: boolean;
  readonly provisioningState: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly nodes: readonly NodeSpec[];
  /** Kubernetes objects that are there before the first run (as YAML documents or objects). */
  readonly objects: readonly Record<string, unknown>[];
}

export interface NodeSpec {
  readonly name: string;
  /** Name of the scale set in the node resource group. */
  readonly scaleSet: string;
  readonly os: 'linux' | 'windows';
  readonly labels: Readonly<Record<string, string>>;
}

export interface VaultSpec {
  readonly name: string;
  readonly rbac: boolean;
  readonly accessPolicies: readonly AccessPolicySpec[];
  readonly secrets: readonly SecretSpec[];
  readonly networkAcls?: {
    readonly defaultAction: 'Allow' | 'Deny';
    readonly ipRules: readonly string[];
    /** Default: None. */
    readonly bypass?: 'None' | 'AzureServices';
  };
  readonly publicNetworkAccess: 'Enabled' | 'Disabled';
  readonly tenant?: string;
  /** Deleted before the scenario begins, and recoverable: its name is taken, and nothing answers to it. */
  readonly deleted: boolean;
  /** Nobody can purge it before its time. */
  readonly purgeProtection: boolean;
  /** 7 to 90. */
  readonly softDeleteRetentionInDays: number;
}

export interface AccessPolicySpec {
  /** Object id, or the name of an application or an identity of the scenario. */
  readonly principal: string;
  readonly applicationId?: string;
  readonly secrets: readonly string[];
  readonly keys: readonly string[];
  readonly certificates: readonly string[];
}

export interface SecretSpec {
  readonly name: string;
  /** Random in every run where it is left out. */
  readonly value: string;
  readonly enabled: boolean;
  /** ISO 8601; vaults hand out secrets before and after, and say so in the attributes. */
  readonly notBefore?: string;
  readonly expires?: string;
}

/** A service connection of the Azure DevOps project: what the agent hands to a task as ENDPOINT_* variables. */
export type ServiceConnectionSpec =
  | {
      readonly kind: 'AzureRM';
      readonly name: string;
      readonly id: string;
      readonly scheme: 'ServicePrincipal' | 'WorkloadIdentityFederation' | 'ManagedServiceIdentity';
      /** Of a service principal: with its secret, or with its certificate and key. */
      readonly authenticationType: 'spnKey' | 'spnCertificate';
      /** Empty for a managed identity. */
      readonly application: string;
      /** `resourceGroup/name` of the user-assigned identity whose client id the connection names. */
      readonly identity?: string;
      readonly subscription: string;
    }
  | {
      readonly kind: 'Kubernetes';
      readonly name: string;
      readonly id: string;
      readonly authorizationType: 'Kubeconfig' | 'ServiceAccount';
      readonly cluster: string;
      /** `namespace/name` of the service account whose token the connection holds (kubeconfig: cluster administrator). */
      readonly serviceAccount?: string;
      readonly namespace?: string;
    };
