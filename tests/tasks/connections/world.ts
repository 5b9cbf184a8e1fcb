/** The article's world with connections of every scheme, and an agent on a machine with managed identities. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { parseScenario } from '../../../sandbox/scenario/load.ts';
import type { Scenario } from '../../../sandbox/scenario/types.ts';

interface Draft {
  agent?: object;
  subscriptions: {
    name: string;
    roleAssignments: object[];
    resourceGroups: { name: string; identities?: object[] }[];
  }[];
  serviceConnections: object[];
}

const group = '_rg-infra-p-we-001';
const role = 'Keyless Pods deployer';
const subscription = 'Contoso Production';

/** Who may do everything that the tasks need: the machine itself and `agent-one`; `agent-two` is on the machine, too. */
export function worldOfConnections(agent: object = defaultAgent): Scenario {
  const file = path.join(import.meta.dirname, '../../../sandbox/scenarios/article.yml');
  const world = parse(readFileSync(file, 'utf8')) as Draft;
  const place = world.subscriptions.find(({ name }) => name === subscription);
  const infrastructure = place?.resourceGroups.find(({ name }) => name === group);
  if (!place || !infrastructure) throw new Error('The article has changed.');
  const names = ['agent-machine', 'agent-one', 'agent-two'];
  infrastructure.identities = [...(infrastructure.identities ?? []), ...names.map((name) => ({ name }))];
  for (const principal of names.slice(0, 2)) place.roleAssignments.push({ role, principal, scope: '{subscription}' });
  const managed = { kind: 'AzureRM', scheme: 'ManagedServiceIdentity', subscription };
  world.serviceConnections.push(
    { ...managed, name: 'machine' },
    { ...managed, name: 'one', identity: `${group}/agent-one` },
    { ...managed, name: 'elsewhere', identity: 'MC__rg-aks-p-we-001_aks-p-we-001_westeurope/aks-p-we-001-AgentPool' },
  );
  world.agent = agent;
  return parseScenario(JSON.stringify(world));
}

const userAssigned = [`${group}/agent-one`, `${group}/agent-two`];
const defaultAgent = { systemAssigned: `${group}/agent-machine`, userAssigned };
export const withoutSystemIdentity = { userAssigned };
