/** The requests of a run, by what they are for: the columns of the table. */
import type { InterceptedRequest } from '../../sandbox/kit/http-server.ts';
import { isWriteOfTask } from '../../tests/support/world.ts';

/** A request that an undisturbed run makes. */
export interface KnownRequest {
  readonly server: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** As the head of a column. */
  readonly label: string;
  /** Of the column: requests that go out side by side come now in one order, now in the other. */
  readonly order: number;
  /** What an error must say of it. */
  readonly step: RegExp;
  readonly writes: boolean;
}

type Address = Pick<InterceptedRequest, 'server' | 'method' | 'path'>;

interface Purpose {
  readonly request: RegExp;
  label(place: string): string;
  step(place: string): RegExp;
}

/** By `METHOD server path`; the first group is the place. */
const purposes: readonly Purpose[] = [
  { request: /^POST azureDevOps .*\/oidctoken$/, label: () => 'assertion', step: () => /Azure DevOps|assertion/ },
  { request: /^POST entra /, label: () => 'token', step: () => /Microsoft Entra|login\.microsoftonline\.com/ },
  { request: /^GET agentMetadata /, label: () => 'token', step: () => /instance metadata service/ },
  { request: /^GET .*\/managedClusters\/([^/]+)$/i, label: () => 'cluster', step: (name) => said(`cluster ${name}`) },
  {
    request: /^GET .*\/resourceGroups\/([^/]+)\/.*\/userAssignedIdentities\/[^/]+$/i,
    label: (group) => `identity in ${short(group)}`,
    step: (group) => said(`resource group ${group}`),
  },
  { request: /^GET .*\/roleDefinitions$/i, label: () => 'role names', step: () => /look up the role "/ },
  {
    request: /^GET .*?([^/]+)\/providers\/Microsoft\.Authorization\/roleAssignments$/i,
    label: (place) => `grants at ${short(place)}`,
    step: (place) => new RegExp(`role assignments at .*${escaped(place)}`, 'i'),
  },
  {
    request: /^PUT .*?([^/]+)\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i,
    label: (place) => `grant at ${short(place)}`,
    step: (place) => new RegExp(`grant .* at .*${escaped(place)}`, 'i'),
  },
  {
    request: /^DELETE .*?([^/]+)\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i,
    label: (place) => `removal at ${short(place)}`,
    step: (place) => new RegExp(`remove the role .* at .*${escaped(place)}`, 'i'),
  },
  { request: /^GET .*\/Microsoft\.KeyVault\/vaults$/i, label: () => 'vaults', step: () => /key vault kvpwe/ },
  { request: /^GET .*\/vaults\/([^/]+)$/i, label: () => 'vault', step: (name) => said(`key vault ${name}`) },
  {
    request: /^PUT .*\/vaults\/[^/]+\/accessPolicies\/([^/]+)$/i,
    label: (kind) => `policy (${kind})`,
    step: () => /access policy of .* in vault/,
  },
];

/** @throws where nobody has said what the request is for: a new request of a task needs a line above */
export function known(request: Address): KnownRequest {
  const { server, method } = request;
  const path = withoutQuery(request.path);
  for (const [order, purpose] of purposes.entries()) {
    const [found, place = ''] = purpose.request.exec(`${method} ${server} ${path}`) ?? [];
    if (found === undefined) continue;
    const writes = isWriteOfTask({ server, method, path });
    const [label, step] = [purpose.label(place), purpose.step(place)];
    return { server, method, path, label, order, step, writes };
  }
  throw new Error(`Nobody knows what ${method} ${server} ${path} is for (scripts/reliability/requests.ts).`);
}

export function isSame(request: Address, { server, method, path }: KnownRequest): boolean {
  return request.server === server && request.method === method && withoutQuery(request.path) === path;
}

function withoutQuery(path: string): string {
  return path.split('?')[0] ?? '';
}

function said(text: string): RegExp {
  return new RegExp(escaped(text), 'i');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** The names of the scenario's groups are too long for a table. */
function short(place: string): string {
  if (place.startsWith('MC_')) return 'node group';
  return { '_rg-aks-p-we-001': 'cluster group', 'aks-p-we-001': 'cluster' }[place] ?? place;
}
