/** The objects of aadpodidentity.k8s.io/v1, as far as MIC and NMI read them. */
import type { KubeObject, KubeResource } from '../../contracts.ts';

const group = { group: 'aadpodidentity.k8s.io', version: 'v1' } as const;

export const kinds = {
  identities: { ...group, plural: 'azureidentities' },
  bindings: { ...group, plural: 'azureidentitybindings' },
  assigned: { ...group, plural: 'azureassignedidentities' },
  exceptions: { ...group, plural: 'azurepodidentityexceptions' },
} as const satisfies Record<string, KubeResource>;

export const POD_LABEL = 'aadpodidbinding';
export const FINALIZER = 'azureassignedidentity.finalizers.aadpodidentity.k8s.io';

export interface AzureIdentity extends KubeObject {
  readonly spec?: {
    /** 0 or absent: managed identity; 1: service principal; 2: service principal with certificate. */
    readonly type?: number;
    readonly resourceID?: string;
    readonly clientID?: string;
  };
}

export interface AzureIdentityBinding extends KubeObject {
  readonly spec?: { readonly azureIdentity?: string; readonly selector?: string; readonly weight?: number };
}

export interface AzureAssignedIdentity extends KubeObject {
  readonly spec: {
    /** Whole objects, as they were when MIC last wrote. */
    readonly azureIdentityRef: AzureIdentity;
    readonly azureBindingRef: AzureIdentityBinding;
    readonly pod: string;
    readonly podNamespace: string;
    readonly nodename: string;
  };
  readonly status?: { readonly status?: 'Created' | 'Assigned' | 'Unassigned'; readonly availableReplicas?: number };
}

export interface AzurePodIdentityException extends KubeObject {
  readonly spec?: { readonly podLabels?: Readonly<Record<string, string>> };
}

export function isManagedIdentity(identity: AzureIdentity): boolean {
  return (identity.spec?.type ?? 0) === 0;
}

export function isNamespaced(identity: AzureIdentity): boolean {
  return identity.metadata.annotations?.['aadpodidentity.k8s.io/Behavior'] === 'namespaced';
}

const RESOURCE_ID =
  /\/subscriptions\/(.+?)\/resourcegroups\/(.+?)\/providers\/Microsoft.ManagedIdentity\/userAssignedIdentities\/(.+)/i;

/** The text of why this is no resource id of an identity; undefined where it is one. */
export function resourceIdProblem(resourceId: string): string | undefined {
  if (RESOURCE_ID.test(resourceId)) return undefined;
  const form =
    '/subscriptions/<subid>/resourcegroups/<resourcegroup>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>';
  return `invalid resource id: ${JSON.stringify(resourceId)}, must match ${form}`;
}

/** `5f2c##### REDACTED #####9d31` */
export function redacted(clientId: string): string {
  return clientId.replace(/^(\S{4})[\S\s]*(\S{4})$/, '$1##### REDACTED #####$2');
}

/** Values compare without letter case; one label of one exception is enough. */
export function isExcepted(
  labels: Readonly<Record<string, string>>,
  exceptions: readonly AzurePodIdentityException[],
): boolean {
  return exceptions.some(({ spec }) =>
    Object.entries(spec?.podLabels ?? {}).some(([key, value]) => labels[key]?.toLowerCase() === value.toLowerCase()),
  );
}
