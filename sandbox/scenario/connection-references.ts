/** What a scenario's Azure service connections and its agent name elsewhere. */
import type { Problem } from '../kit/checked-yaml.ts';
import { names, unknown } from './names.ts';
import type { Scenario, ServiceConnectionSpec } from './types.ts';

type AzureConnection = Extract<ServiceConnectionSpec, { kind: 'AzureRM' }>;

export function azureConnectionProblems(
  scenario: Scenario,
  connection: AzureConnection,
  at: Problem['path'],
): readonly Problem[] {
  const { scheme, subscription } = connection;
  const ofScheme = scheme === 'ManagedServiceIdentity' ? identityProblems : applicationProblems;
  return [
    ...ofScheme(scenario, connection, at),
    ...unknown([...at, 'subscription'], 'subscription', subscription, names(scenario.subscriptions)),
  ];
}

function applicationProblems(
  { tenants }: Scenario,
  { application, authenticationType }: AzureConnection,
  at: Problem['path'],
): readonly Problem[] {
  const applications = tenants.flatMap((tenant) => tenant.applications);
  const owner = applications.find(({ name }) => name === application);
  const needsCertificate = authenticationType === 'spnCertificate' && owner?.certificate === 'none';
  const message = `authenticationType spnCertificate needs certificate: valid at "${application}"`;
  return [
    ...unknown([...at, 'application'], 'application', application, names(applications)),
    ...(needsCertificate ? [{ path: at, message }] : []),
  ];
}

function identityProblems(scenario: Scenario, { identity }: AzureConnection, at: Problem['path']): readonly Problem[] {
  if (identity === undefined) return [];
  return unknown([...at, 'identity'], 'identity', identity, identitiesOf(scenario));
}

export function agentProblems(scenario: Scenario): readonly Problem[] {
  const { systemAssigned, userAssigned = [] } = scenario.agent ?? {};
  const known = identitiesOf(scenario);
  return [
    ...(systemAssigned === undefined ? [] : unknown(['agent', 'systemAssigned'], 'identity', systemAssigned, known)),
    ...userAssigned.flatMap((name, index) => unknown(['agent', 'userAssigned', index], 'identity', name, known)),
  ];
}

function identitiesOf({ subscriptions }: Scenario): readonly string[] {
  const groups = subscriptions.flatMap(({ resourceGroups }) => resourceGroups);
  return groups.flatMap((group) => names(group.identities).map((name) => `${group.name}/${name}`));
}
