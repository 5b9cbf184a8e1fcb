/** API discovery: `OPTIONS _apis/<area>` tells route templates, `_apis/resourceAreas` where an area is served. */
import type { SandboxRequest, SandboxResponse } from '../kit/http-server.ts';
import { organization } from './organization.ts';

interface Location {
  readonly id: string;
  readonly area: string;
  readonly resourceName: string;
  readonly routeTemplate: string;
  readonly resourceVersion: number;
  readonly minVersion: string;
  readonly maxVersion: string;
  readonly releasedVersion: string;
}

const versions = { resourceVersion: 1, minVersion: '7.0', maxVersion: '7.2', releasedVersion: '0.0' };

/** Ids of azure-devops-node-api 17: TaskApi.createOidcToken, LocationsApi.getResourceAreas. */
const known: readonly Location[] = [
  {
    id: '69a319f4-28c1-4bfd-93e6-ea0ff5c6f1a2',
    area: 'distributedtask',
    resourceName: 'oidctoken',
    routeTemplate: '{scopeIdentifier}/_apis/{area}/hubs/{hubName}/plans/{planId}/jobs/{jobId}/{resource}',
    ...versions,
  },
  {
    id: 'e81700f7-3be2-46de-8624-2eb35882fcaa',
    area: 'Location',
    resourceName: 'ResourceAreas',
    routeTemplate: '_apis/{resource}/{areaId}',
    ...versions,
  },
];

const distributedTask = { id: 'a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd', name: 'distributedtask' };

/** `path` is relative to the collection. Undefined where it is no discovery request. */
export function locations(request: SandboxRequest, path: string): SandboxResponse | undefined {
  const [apis, name = '', id] = path.toLowerCase().split('/');
  if (apis !== '_apis') return undefined;
  if (request.method === 'OPTIONS') {
    const value = known.filter(({ area }) => name === '' || area.toLowerCase() === name);
    return { status: 200, body: { count: value.length, value } };
  }
  if (request.method !== 'GET' || name !== 'resourceareas') return undefined;
  const area = { ...distributedTask, locationUrl: `https://${request.url.host}/${organization.name}/` };
  if (id === undefined) return { status: 200, body: { count: 1, value: [area] } };
  return { status: 200, body: id === area.id ? area : null };
}
