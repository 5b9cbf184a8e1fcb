/** `az keyvault secret`: the vault's challenge, then the secret. */
import type { Group } from '../case.ts';

const as = 'azure-pipelines';
const vault = 'kvjudge.vault.azure.net/secrets';

export const secrets: Group = {
  name: 'secrets',
  cases: [
    {
      title: 'reads a secret after the challenge',
      as,
      run: 'az keyvault secret show --vault-name kvjudge -n password --query value -o tsv',
      output: 'swordfish',
      requests: [`GET ${vault}/password/ @7.4 -> 401`, `GET ${vault}/password/ @7.4`],
    },
    {
      title: 'reads a secret of a vault that knows roles only',
      as,
      run: 'az keyvault secret show --vault-name kvjudge-roles -n password --query value -o tsv',
      output: 'open sesame',
    },
    {
      title: 'writes a secret',
      as,
      run: 'az keyvault secret set --vault-name kvjudge -n fresh --value abc --query "[name, value, attributes.enabled]"',
      output: ['fresh', 'abc', true],
      requests: [`PUT ${vault}/fresh @7.4 -> 401`, `PUT ${vault}/fresh @7.4`],
      changes: ['+ secret fresh in kvjudge'],
    },
    {
      title: 'writes a new version of it, and reads the newest one',
      as,
      run: 'az keyvault secret set --vault-name kvjudge -n fresh --value def -o none && az keyvault secret show --vault-name kvjudge -n fresh --query value -o tsv && az keyvault secret list-versions --vault-name kvjudge -n fresh --query "length(@)"',
      output: 'def\n2',
      changes: ['~ secret fresh in kvjudge: versions'],
    },
    {
      title: 'lists the names of secrets',
      as,
      run: 'az keyvault secret list --vault-name kvjudge --query "[].name" -o tsv',
      output: 'fresh\npassword\nretired',
    },
    {
      title: 'is told that there is no such secret',
      as,
      run: 'az keyvault secret show --vault-name kvjudge -n none',
      exit: 3,
      says: ['(SecretNotFound) A secret with (name/id) none was not found in this key vault.'],
    },
    {
      title: 'cannot read a disabled secret',
      as,
      run: 'az keyvault secret show --vault-name kvjudge -n retired',
      exit: 1,
      says: ['(Forbidden) Operation get is not allowed on a disabled secret.', '"code": "SecretDisabled"'],
    },
    {
      title: 'reads nothing without a policy, whatever its roles',
      as: 'no-directory',
      run: 'az keyvault secret show --vault-name kvjudge -n password',
      exit: 1,
      says: [
        "(Forbidden) The user, group or application 'appid={client:no-directory};oid={object:no-directory}",
        "does not have secrets get permission on key vault 'kvjudge;location=northeurope'.",
        '"code": "ForbiddenByPolicy"',
      ],
    },
    {
      title: 'reads nothing without a role for data, as an owner either',
      as: 'no-directory',
      run: 'az keyvault secret show --vault-name kvjudge-roles -n password',
      exit: 1,
      says: [
        '(Forbidden) Caller is not authorized to perform action on resource.',
        "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
        '"code": "ForbiddenByRbac"',
      ],
    },
  ],
};
