/** What the API servers of AKS ask Azure: who a token belongs to, and what Azure RBAC allows him in the cluster. */
import { aksServer } from '../entra/resources.ts';
import type { AzureForClusters, TokenAuthority } from '../contracts.ts';
import { denialAt, isDataAllowed } from './authorization/decide.ts';
import type { World } from './state/world.ts';

export type ClusterAccess = Pick<AzureForClusters, 'clusterUser' | 'allowsInCluster'>;

export function clusterAccess(world: World, tokens: TokenAuthority): ClusterAccess {
  return {
    clusterUser: async (token) => {
      const verified = await tokens.verify(token);
      if (!verified.valid || verified.claims.audience !== aksServer) return undefined;
      const { objectId } = verified.claims;
      return { objectId, groups: [] };
    },
    allowsInCluster: (objectId, action, scope) => {
      const question = { objectId, action, scope };
      return isDataAllowed(world, question) && denialAt(world, question, 'data') === undefined;
    },
  };
}
