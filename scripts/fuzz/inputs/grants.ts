/** Whether what AksRoleGrants granted is what its inputs say, by the words of the inputs alone. */
import type { Place } from '../place.ts';
import type { Inputs } from './refusable.ts';

/** One line for each assignment at a place that the inputs do not name. */
export function strangeGrants(inputs: Inputs, place: Place): readonly string[] {
  const { sandbox } = place;
  const { roleAssignments } = sandbox.azure.snapshot();
  const created = place.writes().filter((each) => each.startsWith('PUT '));
  const places = scopesOf(inputs, sandbox.connection.subscriptionId);
  return roleAssignments.flatMap(({ name, scope }) => {
    const isNew = created.some((each) => each.toLowerCase().includes(name.toLowerCase()));
    return isNew && !places.includes(scope.toLowerCase()) ? [`a grant was made at ${scope}, which no input names`] : [];
  });
}

function scopesOf({ grants = '' }: Inputs, subscriptionId: string): readonly string[] {
  const subscription = `/subscriptions/${subscriptionId}`;
  const group = `${subscription}/resourceGroups/_rg-aks-p-we-001`;
  const nodeGroup = `${subscription}/resourceGroups/MC__rg-aks-p-we-001_aks-p-we-001_westeurope`;
  const identityType = 'providers/Microsoft.ManagedIdentity/userAssignedIdentities';
  const identities = [
    `${group}/${identityType}/id-pods`,
    ...['aks-p-we-001-AgentPool', 'aks-p-we-002-AgentPool'].map((name) => `${nodeGroup}/${identityType}/${name}`),
    `${subscription}/resourceGroups/_rg-infra-p-we-001/${identityType}/id-aks-helloworld`,
  ];
  const values: Readonly<Record<string, string>> = {
    '{nodeResourceGroup}': nodeGroup,
    '{clusterResourceGroup}': group,
    '{cluster}': `${group}/providers/Microsoft.ContainerService/managedClusters/aks-p-we-001`,
    '{subscription}': subscription,
  };
  const written = grants.split(/\r?\n/).flatMap((line) => {
    const scope =
      line
        .replace(/\s#.*$/, '')
        .split('@')
        .at(-1)
        ?.trim()
        .replace(/\/+$/, '') ?? '';
    return identities.map((identity) =>
      scope.replaceAll(/\{[^}]*\}/g, (found) => (found === '{identity}' ? identity : (values[found] ?? found))),
    );
  });
  return [group, nodeGroup, ...identities, ...written].map((scope) => scope.toLowerCase());
}
