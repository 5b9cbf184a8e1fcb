/** Built-in roles of Key Vault. Source: Microsoft's reference of Azure built-in roles, Security. */
import { builtIn, type RoleDefinition } from './role-definition.ts';

const vaults = 'Microsoft.KeyVault/vaults';

const management = [
  'Microsoft.Authorization/*/read',
  'Microsoft.Insights/alertRules/*',
  'Microsoft.Resources/deployments/*',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
  'Microsoft.Support/*',
];

/** The data roles see every vault's settings, too (the Users do not). */
const overview = [
  ...management,
  'Microsoft.KeyVault/checkNameAvailability/read',
  'Microsoft.KeyVault/deletedVaults/read',
  'Microsoft.KeyVault/locations/*/read',
  `${vaults}/*/read`,
  'Microsoft.KeyVault/operations/read',
];

const dataRoles: readonly RoleDefinition[] = [
  builtIn('Key Vault Administrator', '00482a5a-887f-4fb3-b363-3b7fe8e74483', 'All data plane operations.', {
    actions: overview,
    dataActions: [`${vaults}/*`],
  }),
  builtIn('Key Vault Reader', '21090545-7ca7-4776-b22c-e363652d74d2', 'Read metadata, no secret values.', {
    actions: overview,
    dataActions: [`${vaults}/*/read`, `${vaults}/secrets/readMetadata/action`],
  }),
  builtIn('Key Vault Secrets Officer', 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7', 'Any action on secrets.', {
    actions: overview,
    dataActions: [`${vaults}/secrets/*`],
  }),
  builtIn('Key Vault Secrets User', '4633458b-17de-408a-b874-0445c86b69e6', 'Read secret contents.', {
    dataActions: [`${vaults}/secrets/getSecret/action`, `${vaults}/secrets/readMetadata/action`],
  }),
  builtIn('Key Vault Certificates Officer', 'a4417e6f-fecd-4de8-b567-7b0420556985', 'Any action on certificates.', {
    actions: overview,
    dataActions: [`${vaults}/certificatecas/*`, `${vaults}/certificates/*`, `${vaults}/certificatecontacts/write`],
  }),
  builtIn('Key Vault Certificate User', 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba', 'Read certificate contents.', {
    dataActions: [
      `${vaults}/certificates/read`,
      `${vaults}/secrets/getSecret/action`,
      `${vaults}/secrets/readMetadata/action`,
      `${vaults}/keys/read`,
    ],
  }),
  builtIn('Key Vault Crypto Officer', '14b46e9e-c2b7-41b4-b07b-48a6ebf60603', 'Any action on keys.', {
    actions: overview,
    dataActions: [`${vaults}/keys/*`, `${vaults}/keyrotationpolicies/*`],
  }),
  builtIn('Key Vault Crypto User', '12338af0-0e69-4776-bea7-57ae8d297424', 'Cryptographic operations with keys.', {
    dataActions: ['read', 'update/action', 'backup/action', 'encrypt/action', 'decrypt/action', 'wrap/action']
      .concat(['unwrap/action', 'sign/action', 'verify/action'])
      .map((action) => `${vaults}/keys/${action}`),
  }),
];

const grantable = [
  '00482a5a-887f-4fb3-b363-3b7fe8e74483',
  'a4417e6f-fecd-4de8-b567-7b0420556985',
  '14b46e9e-c2b7-41b4-b07b-48a6ebf60603',
  // Key Vault Crypto Service Encryption User, which the sandbox does not have.
  'e147488a-f6f5-4113-8e2d-b22465e65bf6',
  '12338af0-0e69-4776-bea7-57ae8d297424',
  '21090545-7ca7-4776-b22c-e363652d74d2',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  '4633458b-17de-408a-b874-0445c86b69e6',
].join(', ');

/** Whom it may give which roles, as the reference of built-in roles says it: not Key Vault Certificate User. */
const condition = [
  ['write', '@Request'],
  ['delete', '@Resource'],
]
  .map(
    ([verb, source]) =>
      `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})) OR (${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals{${grantable}}))`,
  )
  .join(' AND ');

const dataAccessAdministrator = builtIn(
  'Key Vault Data Access Administrator',
  '8b54135c-b56d-4d72-a534-26097cfdc8d8',
  'Assign and unassign the data roles of Key Vault.',
  {
    actions: [
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Authorization/roleAssignments/delete',
      'Microsoft.Authorization/*/read',
      'Microsoft.Resources/deployments/*',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Resources/subscriptions/read',
      'Microsoft.Management/managementGroups/read',
      'Microsoft.Support/*',
      `${vaults}/*/read`,
    ],
    condition,
  },
);

export const keyVaultRoles: readonly RoleDefinition[] = [
  ...dataRoles,
  dataAccessAdministrator,
  builtIn('Key Vault Contributor', 'f25e0fa2-a7c8-4377-a976-54943a77a395', 'Manage vaults, not their contents.', {
    actions: [...management, 'Microsoft.KeyVault/*'],
    notActions: [
      'Microsoft.KeyVault/locations/deletedVaults/purge/action',
      'Microsoft.KeyVault/hsmPools/*',
      'Microsoft.KeyVault/managedHsms/*',
    ],
  }),
  builtIn('Key Vault Purge Operator', 'a68e7c17-0ab2-4c09-9a58-125dae29748c', 'Purge soft-deleted vaults.', {
    actions: [
      'Microsoft.KeyVault/locations/deletedVaults/purge/action',
      'Microsoft.KeyVault/locations/deletedVaults/read',
    ],
  }),
];
