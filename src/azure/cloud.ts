/** The addresses of one Azure cloud. Everything that is not in the service connection comes from here and nowhere else. */
export interface Cloud {
  readonly name: string;
  /** Azure Resource Manager, without a trailing slash. */
  readonly resourceManager: string;
  /** What a token for Azure Resource Manager is asked for, without `/.default`. */
  readonly resourceManagerAudience: string;
  /** Microsoft Entra, without a trailing slash. */
  readonly authority: string;
}

export const publicCloud: Cloud = {
  name: 'AzureCloud',
  resourceManager: 'https://management.azure.com',
  resourceManagerAudience: 'https://management.azure.com',
  authority: 'https://login.microsoftonline.com',
};
