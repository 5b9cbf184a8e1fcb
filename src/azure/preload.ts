/** Code that a run needs as soon as it has a token, by what it is for: loaded while the token is waited for. */
const parts = {
  clusters: () =>
    Promise.all([import('@azure/arm-containerservice/api'), import('@azure/arm-containerservice/api/managedClusters')]),
  roleAssignments: () => import('@azure/arm-authorization'),
  vaults: () => Promise.all([import('@azure/arm-keyvault/api'), import('@azure/arm-keyvault/api/vaults')]),
} as const;

/** Loads parts now that would be loaded when first needed. */
export async function preload(...names: readonly (keyof typeof parts)[]): Promise<void> {
  await Promise.all(names.map(async (name) => parts[name]()));
}
