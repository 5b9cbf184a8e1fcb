/** All groups, the longest first: two run side by side. */
import type { Group } from './case.ts';
import { account } from './cases/account.ts';
import { article } from './cases/article.ts';
import { clusters } from './cases/clusters.ts';
import { identities } from './cases/identities.ts';
import { definitions, roleAssignments } from './cases/roles.ts';
import { secrets } from './cases/secrets.ts';
import { signIn } from './cases/sign-in.ts';
import { keyVaults } from './cases/vaults.ts';

export const groups: readonly Group[] = [
  article,
  roleAssignments,
  keyVaults,
  signIn,
  account,
  identities,
  clusters,
  secrets,
  definitions,
];
