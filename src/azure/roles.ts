/** Built-in roles that the tasks know without asking, by name. Ids are the same in every tenant and cloud. */
export const builtInRoles = {
  'Virtual Machine Contributor': '9980e02c-c2be-4d73-94e8-173b1dc7cf3c',
  'Managed Identity Operator': 'f1a07417-d97a-45cb-824c-7a7467783830',
  'Managed Identity Contributor': 'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59',
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6',
  'Key Vault Secrets Officer': 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  'Key Vault Reader': '21090545-7ca7-4776-b22c-e363652d74d2',
  'Key Vault Certificate User': 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba',
  'Key Vault Certificates Officer': 'a4417e6f-fecd-4de8-b567-7b0420556985',
  'Key Vault Crypto User': '12338af0-0e69-4776-bea7-57ae8d297424',
  'Key Vault Crypto Officer': '14b46e9e-c2b7-41b4-b07b-48a6ebf60603',
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7',
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
} as const satisfies Record<string, string>;

/** Roles to advise for an action that was refused: the narrowest first. Source: Azure built-in roles reference. */
const advice: readonly { readonly actions: RegExp; readonly roles: readonly string[] }[] = [
  {
    actions: /^microsoft\.authorization\/roleassignments\/(write|delete)$/i,
    roles: ['Role Based Access Control Administrator', 'User Access Administrator', 'Owner'],
  },
  { actions: /^microsoft\.authorization\/role(assignments|definitions)\/read$/i, roles: ['Reader'] },
  {
    actions: /^microsoft\.containerservice\/managedclusters\/listclusteruser(credential|credentials)?\/action$/i,
    roles: ['Azure Kubernetes Service Cluster User Role', 'Azure Kubernetes Service Contributor Role'],
  },
  {
    actions: /^microsoft\.containerservice\/managedclusters\/listclusteradmin(credential|credentials)?\/action$/i,
    roles: ['Azure Kubernetes Service Cluster Admin Role', 'Azure Kubernetes Service Contributor Role'],
  },
  {
    actions: /^microsoft\.containerservice\/managedclusters\/read$/i,
    roles: ['Reader', 'Azure Kubernetes Service Cluster User Role'],
  },
  {
    actions: /^microsoft\.containerservice\/managedclusters\/(runcommand\/action|commandresults\/read)$/i,
    roles: ['Azure Kubernetes Service Contributor Role'],
  },
  { actions: /^microsoft\.keyvault\/vaults\/accesspolicies\/write$/i, roles: ['Key Vault Contributor', 'Contributor'] },
  { actions: /^microsoft\.keyvault\/vaults\/read$/i, roles: ['Reader', 'Key Vault Reader'] },
  {
    actions: /^microsoft\.managedidentity\/userassignedidentities\/read$/i,
    roles: ['Reader', 'Managed Identity Operator'],
  },
  {
    actions: /^microsoft\.managedidentity\/userassignedidentities\/assign\/action$/i,
    roles: ['Managed Identity Operator'],
  },
  { actions: /\/read$/i, roles: ['Reader'] },
];

/** Built-in roles that carry the action; empty where none is worth advising. */
export function rolesThatAllow(action: string): readonly string[] {
  return advice.find(({ actions }) => actions.test(action))?.roles ?? [];
}
