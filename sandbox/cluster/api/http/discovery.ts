/** Discovery: which groups, versions and resources are served, in both forms (one document per version, and aggregated). */
import type { SandboxResponse } from '../../../kit/http-server.ts';
import type { Core } from '../core.ts';
import type { ResourceInfo } from '../resources.ts';
import { json, notServed, pageNotFound, type Call } from './server-context.ts';

const STORED = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const AGGREGATED = /application\/json;g=apidiscovery\.k8s\.io;v=(?<version>v2|v2beta1);as=APIGroupDiscoveryList/u;

export function discover({ context, request }: Call): SandboxResponse | undefined {
  const { core } = context;
  const path = request.url.pathname.replace(/\/+$/u, '');
  if (path === '/version') return json(200, versionInfo(core));
  if (path === '/api' || path === '/apis') return roots(core, path, request.headers.accept ?? '');
  const [, root, group = '', version] = path.split('/');
  if (root === 'api' && version === undefined) return resourceList(core, '', group);
  if (root !== 'apis') return undefined;
  return version === undefined ? oneGroup(core, group) : resourceList(core, group, version);
}

/** What /version says; the build details are those of the version alone. */
function versionInfo(core: Core): object {
  const [major = '1', minor = '0'] = core.version.split('.');
  return {
    major,
    minor,
    gitVersion: `v${core.version}`,
    gitCommit: 'sandbox',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: 'go1.24.0',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}

function roots(core: Core, path: '/api' | '/apis', accept: string): SandboxResponse {
  const aggregated = AGGREGATED.exec(accept)?.groups?.['version'];
  const isCore = path === '/api';
  if (aggregated !== undefined) return aggregatedList(core, isCore, aggregated);
  if (isCore)
    return json(200, {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: 'localhost:443' }],
    });
  return json(200, {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groupNames(core).map((group) => groupObject(core, group)),
  });
}

function groupNames(core: Core): string[] {
  return [...new Set(core.registry.all().map(({ group }) => group))].filter((group) => group !== '');
}

function versionsOf(core: Core, group: string): string[] {
  return [
    ...new Set(
      core.registry
        .all()
        .filter((info) => info.group === group)
        .map(({ version }) => version),
    ),
  ];
}

function groupObject(core: Core, group: string): object {
  const versions = versionsOf(core, group).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function oneGroup(core: Core, group: string): SandboxResponse {
  if (!groupNames(core).includes(group)) return pageNotFound();
  return json(200, { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(core, group) });
}

function resourceList(core: Core, group: string, version: string): SandboxResponse {
  const found = core.registry.all().filter((info) => info.group === group && info.version === version);
  if (found.length === 0) return notServed(core, group);
  const resources = found.flatMap((info) => [
    resourceEntry(info),
    ...info.subresources.map((name) => subresourceEntry(info, name)),
  ]);
  return json(200, {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources,
  });
}

function verbsOf(info: ResourceInfo): readonly string[] {
  if (info.createOnly === true || info.plural === 'bindings') return ['create'];
  if (info.plural === 'namespaces' && info.group === '') return STORED.filter((verb) => verb !== 'deletecollection');
  return info.plural === 'componentstatuses' ? ['get', 'list'] : STORED;
}

function resourceEntry(info: ResourceInfo): object {
  return {
    name: info.plural,
    singularName: info.singular,
    namespaced: info.namespaced,
    kind: info.kind,
    verbs: verbsOf(info),
    ...(info.shortNames.length > 0 ? { shortNames: info.shortNames } : {}),
    ...(info.categories.length > 0 ? { categories: info.categories } : {}),
  };
}

interface Subresource {
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

const subresources: Readonly<Record<string, Subresource>> = {
  scale: { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
  eviction: { kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  binding: { kind: 'Binding', verbs: ['create'] },
  token: { kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
  exec: { kind: 'PodExecOptions', verbs: ['create', 'get'] },
  attach: { kind: 'PodAttachOptions', verbs: ['create', 'get'] },
  portforward: { kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  log: { kind: 'Pod', verbs: ['get'] },
};

function subresourceOf(info: ResourceInfo, name: string): Subresource {
  return subresources[name] ?? { kind: info.kind, verbs: ['get', 'patch', 'update'] };
}

function subresourceEntry(info: ResourceInfo, name: string): object {
  const { kind, group, version, verbs } = subresourceOf(info, name);
  return {
    name: `${info.plural}/${name}`,
    singularName: '',
    namespaced: info.namespaced,
    ...(group === undefined ? {} : { group, version }),
    kind,
    verbs,
  };
}

function aggregatedList(core: Core, isCore: boolean, version: string): SandboxResponse {
  const names = isCore ? [''] : groupNames(core);
  const items = names.map((group) => ({
    metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
    versions: versionsOf(core, group).map((name) => ({
      version: name,
      resources: core.registry
        .all()
        .filter((info) => info.group === group && info.version === name)
        .map(aggregatedResource),
      freshness: 'Current',
    })),
  }));
  const body = { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
  return json(200, body, {
    'content-type': `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
  });
}

function aggregatedResource(info: ResourceInfo): object {
  const own = { group: info.group, version: info.version };
  return {
    resource: info.plural,
    responseKind: { ...own, kind: info.kind },
    scope: info.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: info.singular,
    verbs: verbsOf(info),
    ...(info.shortNames.length > 0 ? { shortNames: info.shortNames } : {}),
    ...(info.categories.length > 0 ? { categories: info.categories } : {}),
    subresources: info.subresources.map((name) => {
      const { kind, group, version, verbs } = subresourceOf(info, name);
      return {
        subresource: name,
        responseKind: { group: group ?? info.group, version: version ?? info.version, kind },
        verbs,
      };
    }),
  };
}
