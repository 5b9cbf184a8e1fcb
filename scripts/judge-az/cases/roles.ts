/** `az role`: definitions and assignments, by way of Microsoft Graph and without it. */
import type { Group } from '../case.ts';
import { arm, graph } from '../places.ts';

const as = 'azure-pipelines';
const group = '/subscriptions/{subscription}/resourceGroups/rg-judge';
const create = `az role assignment create --scope ${group}`;
const byObject = '--assignee-object-id {object:id-judge} --assignee-principal-type ServicePrincipal';
const authorization = 'providers/Microsoft.Authorization';
const atGroup = `${arm}/resourceGroups/rg-judge/${authorization}`;
const roles = '@2022-05-01-preview';
const assignments = '@2022-04-01';

const findPrincipal = `GET ${graph}/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '{client:id-judge}')`;
const namePrincipals = `POST ${graph}/directoryObjects/getByIds`;
const findRole = (name: string): string => `GET ${atGroup}/roleDefinitions?$filter=roleName eq '${name}' ${roles}`;
const put = `PUT ${atGroup}/roleAssignments/{guid} ${assignments}`;
const list = `GET ${atGroup}/roleAssignments?$filter=atScope() ${assignments}`;
/** What az asks after a 409, to show the assignment that is there. */
const lookAgain = (role: string): readonly string[] => [
  list,
  findRole(role),
  `GET ${atGroup}/roleDefinitions ${roles}`,
  namePrincipals,
];

const granted = (role: string): Record<string, unknown> => ({
  principalId: '{object:id-judge}',
  principalType: 'ServicePrincipal',
  scope: group,
  resourceGroup: 'rg-judge',
  roleDefinitionId: `/subscriptions/{subscription}/${authorization}/roleDefinitions/${role}`,
  type: 'Microsoft.Authorization/roleAssignments',
});

export const definitions: Group = {
  name: 'role definitions',
  cases: [
    {
      title: 'finds a built-in role by its name',
      as,
      run: 'az role definition list --name "Virtual Machine Contributor" --query "[].[roleName, roleType]"',
      output: [['Virtual Machine Contributor', 'BuiltInRole']],
      requests: [
        `GET ${arm}/${authorization}/roleDefinitions?$filter=roleName eq 'Virtual Machine Contributor' ${roles}`,
      ],
    },
    {
      title: 'lists custom roles only',
      as,
      run: 'az role definition list --custom-role-only',
      output: [
        {
          roleName: 'Vault watcher',
          roleType: 'CustomRole',
          assignableScopes: ['/subscriptions/{subscription}'],
          permissions: [{ actions: ['Microsoft.KeyVault/vaults/read'], notActions: [] }],
        },
      ],
      requests: [`GET ${arm}/${authorization}/roleDefinitions ${roles}`],
    },
    {
      title: 'finds no role of a name that there is not',
      as,
      run: 'az role definition list --name Nothing',
      output: [],
    },
    {
      title: 'shows a role by its id',
      as,
      run: `az role definition show --id /subscriptions/{subscription}/${authorization}/roleDefinitions/9980e02c-c2be-4d73-94e8-173b1dc7cf3c --query roleName -o tsv`,
      output: 'Virtual Machine Contributor',
    },
  ],
};

export const roleAssignments: Group = {
  name: 'role assignments',
  cases: [
    {
      title: 'assigns a role by client id, which Microsoft Graph turns into an object id',
      as,
      run: `${create} --role "Virtual Machine Contributor" --assignee {client:id-judge}`,
      output: granted('{guid}'),
      requests: [findPrincipal, findRole('Virtual Machine Contributor'), put],
      changes: ['+ role assignment Virtual Machine Contributor for id-judge at rg-judge'],
    },
    {
      title: 'is told by a 409 that its own assignment is there, and shows it',
      as,
      run: `${create} --role "Virtual Machine Contributor" --assignee {client:id-judge}`,
      output: {
        ...granted('{guid}'),
        principalName: '{client:id-judge}',
        roleDefinitionName: 'Virtual Machine Contributor',
      },
      requests: [
        findPrincipal,
        findRole('Virtual Machine Contributor'),
        `${put} -> 409`,
        ...lookAgain('Virtual Machine Contributor'),
      ],
    },
    {
      title: 'assigns a role by object id and type without Microsoft Graph',
      as,
      run: `${create} --role Reader ${byObject}`,
      output: granted('{guid}'),
      requests: [findRole('Reader'), put],
      changes: ['+ role assignment Reader for id-judge at rg-judge'],
    },
    {
      title: 'is told by a 409 without having asked for the principal: six requests',
      as,
      run: `${create} --role Reader ${byObject}`,
      output: { principalName: '{client:id-judge}', roleDefinitionName: 'Reader' },
      requests: [findRole('Reader'), `${put} -> 409`, ...lookAgain('Reader')],
    },
    {
      title: 'is told by a 409 that somebody else made the assignment under another name',
      as,
      run: `${create} --role "Key Vault Secrets Officer" --assignee-object-id {object:azure-pipelines} --assignee-principal-type ServicePrincipal --name 11111111-2222-4333-8444-555555555555 --query principalName`,
      output: '"{client:azure-pipelines}"',
      requests: [findRole('Key Vault Secrets Officer'), `${put} -> 409`, ...lookAgain('Key Vault Secrets Officer')],
    },
    {
      title: 'assigns a role by object id alone, whose type Microsoft Graph knows',
      as,
      run: `${create} --role Contributor --assignee-object-id {object:id-judge}`,
      output: granted('{guid}'),
      requests: [namePrincipals, findRole('Contributor'), put],
      changes: ['+ role assignment Contributor for id-judge at rg-judge'],
    },
    {
      title: 'assigns a role under a name of its own',
      as,
      run: `${create} --role "Vault watcher" ${byObject} --name 22222222-3333-4444-8555-666666666666 --description "by the judge"`,
      output: { ...granted('{guid}'), description: 'by the judge' },
      changes: ['+ role assignment Vault watcher for id-judge at rg-judge'],
    },
    {
      title: 'repeats an assignment under its own name, which changes nothing',
      as,
      run: `${create} --role "Vault watcher" ${byObject} --name 22222222-3333-4444-8555-666666666666 --description "by the judge"`,
      output: { ...granted('{guid}'), description: 'by the judge' },
    },
    {
      title: 'cannot give the name of an assignment to another one',
      as,
      run: `${create} --role Owner ${byObject} --name 22222222-3333-4444-8555-666666666666`,
      exit: 1,
      says: [
        '(RoleAssignmentUpdateNotPermitted) Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      ],
    },
    {
      title: 'lists the assignments of a group with the names of roles and principals',
      as,
      run: 'az role assignment list -g rg-judge --query "sort_by([].{role: roleDefinitionName, who: principalName}, &role)"',
      output: [
        { role: 'Contributor', who: '{client:id-judge}' },
        { role: 'Key Vault Secrets Officer', who: '{client:azure-pipelines}' },
        { role: 'Reader', who: '{client:id-judge}' },
        { role: 'Vault watcher', who: '{client:id-judge}' },
        { role: 'Virtual Machine Contributor', who: '{client:id-judge}' },
      ],
      requests: [list, `GET ${atGroup}/roleDefinitions ${roles}`, namePrincipals],
    },
    {
      title: 'lists inherited assignments where they are asked for',
      as,
      run: `az role assignment list --scope ${group} --include-inherited --query "length([?scope == '/subscriptions/{subscription}'])"`,
      output: '3',
    },
    {
      title: 'lists the assignments of one principal',
      as,
      run: `az role assignment list --scope ${group} --assignee {client:id-judge} --query "sort([].roleDefinitionName)"`,
      output: ['Contributor', 'Reader', 'Vault watcher', 'Virtual Machine Contributor'],
      requests: [findPrincipal, list, `GET ${atGroup}/roleDefinitions ${roles}`, namePrincipals],
    },
    {
      title: 'lists all assignments of a subscription',
      as,
      run: 'az role assignment list --all --query "length(@)"',
      output: '8',
    },
    {
      title: 'deletes an assignment by principal, role and scope',
      as,
      run: `az role assignment delete --scope ${group} --assignee {client:id-judge} --role Contributor`,
      output: '',
      requests: [
        findPrincipal,
        list,
        findRole('Contributor'),
        `DELETE ${atGroup}/roleAssignments/{guid} ${assignments}`,
      ],
      changes: ['- role assignment Contributor for id-judge at rg-judge'],
    },
    {
      title: 'deletes an assignment by its id',
      as,
      run: `az role assignment delete --ids ${group}/${authorization}/roleAssignments/22222222-3333-4444-8555-666666666666`,
      output: '',
      requests: [`DELETE ${atGroup}/roleAssignments/{guid} ${assignments}`],
      changes: ['- role assignment Vault watcher for id-judge at rg-judge'],
    },
    {
      title: 'finds nothing to delete the second time',
      as,
      run: `az role assignment delete --scope ${group} --assignee {client:id-judge} --role Contributor`,
      exit: 1,
      says: ['No matched assignments were found to delete'],
    },
    {
      title: 'knows no role of a name that there is not',
      as,
      run: `${create} --role Nothing ${byObject}`,
      exit: 1,
      says: ["Role 'Nothing' doesn't exist."],
    },
    {
      title: 'takes a client id for an object id without rights in the directory, and is refused',
      as: 'no-directory',
      run: `${create} --role Contributor --assignee {client:id-judge}`,
      exit: 1,
      says: ['(PrincipalNotFound) Principal '],
      requests: [`${findPrincipal} -> 403`, findRole('Contributor'), `${put} -> 400`],
    },
    {
      title: 'needs no rights in the directory where the object id and its type are given',
      as: 'no-directory',
      run: `${create} --role Contributor ${byObject} --query principalType -o tsv`,
      output: 'ServicePrincipal',
      requests: [findRole('Contributor'), put],
      changes: ['+ role assignment Contributor for id-judge at rg-judge'],
    },
    {
      title: 'lists assignments without names where the directory may not be read',
      as: 'no-directory',
      run: `az role assignment list --scope ${group} --query "[?roleDefinitionName == 'Contributor'].principalId" -o tsv`,
      output: '{object:id-judge}',
    },
    {
      title: 'grants nothing as a reader',
      as: 'auditor',
      run: `${create} --role Contributor ${byObject}`,
      exit: 1,
      says: [
        "(AuthorizationFailed) The client '{client:auditor}' with object id '{object:auditor}' does not have authorization",
        "to perform action 'Microsoft.Authorization/roleAssignments/write' over scope",
      ],
      requests: [findRole('Contributor'), `${put} -> 403`],
    },
  ],
};
