/** The beginnings of the addresses that az asks for. */
export const entra = 'login.microsoftonline.com/{tenant}';
export const graph = 'graph.microsoft.com/v1.0';
export const arm = 'management.azure.com/subscriptions/{subscription}';

export const openIdConfiguration = `GET ${entra}/v2.0/.well-known/openid-configuration`;
/** MSAL asks for it after a refusal, and az before it signs somebody out. */
export const instanceDiscovery =
  'GET login.microsoftonline.com/common/discovery/instance?authorization_endpoint=https://login.microsoftonline.com/common/oauth2/authorize @1.1';
export const token = `POST ${entra}/oauth2/v2.0/token`;

/** What the article's cluster, its node group and its identity are in az's addresses. */
export const clusterGroup = `${arm}/resourceGroups/_rg-aks-p-we-001`;
export const cluster = `${clusterGroup}/providers/Microsoft.ContainerService/managedClusters/aks-p-we-001`;
