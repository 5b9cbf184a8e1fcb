/** The checks of the Pod Security Standards, with the words and the order of k8s.io/pod-security-admission/policy. */
import { recordAt, recordsAt, stringAt, stringsAt, type Json } from './json.ts';

export type Level = 'baseline' | 'restricted';

export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

type Check = (spec: Json) => Violation | undefined;

export function violations(podSpec: Json, level: Level): Violation[] {
  const checks = level === 'baseline' ? baseline : restricted;
  return checks.map((check) => check(podSpec)).filter((found) => found !== undefined);
}

function containersOf(spec: Json): Json[] {
  return [
    ...recordsAt(spec, 'initContainers'),
    ...recordsAt(spec, 'containers'),
    ...recordsAt(spec, 'ephemeralContainers'),
  ];
}

function named(word: string, names: readonly string[]): string {
  return `${word}${names.length === 1 ? '' : 's'} ${quoted(names)}`;
}

function quoted(items: readonly string[]): string {
  return items.map((item) => JSON.stringify(item)).join(', ');
}

/** Containers that fail a test, named as the server names them; undefined where all pass. */
function failing(spec: Json, fails: (securityContext: Json, container: Json) => boolean): string[] | undefined {
  const names = containersOf(spec)
    .filter((container) => fails(recordAt(container, 'securityContext'), container))
    .map((container) => stringAt(container, 'name'));
  return names.length === 0 ? undefined : names;
}

const defaultCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const capabilitiesBaseline: Check = (spec) => {
  const forbidden = (context: Json): string[] =>
    stringsAt(context, 'capabilities', 'add').filter((name) => !defaultCapabilities.has(name));
  const names = failing(spec, (context) => forbidden(context).length > 0);
  if (!names) return undefined;
  const added = [
    ...new Set(containersOf(spec).flatMap((container) => forbidden(recordAt(container, 'securityContext')))),
  ].sort();
  return {
    reason: 'non-default capabilities',
    detail: `${named('container', names)} must not include ${quoted(added)} in securityContext.capabilities.add`,
  };
};

const hostNamespaces: Check = (spec) => {
  const set = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true);
  return set.length === 0
    ? undefined
    : { reason: 'host namespaces', detail: set.map((field) => `${field}=true`).join(', ') };
};

const hostPathVolumes: Check = (spec) => {
  const names = recordsAt(spec, 'volumes')
    .filter((volume) => volume['hostPath'] !== undefined)
    .map((volume) => stringAt(volume, 'name'));
  return names.length === 0 ? undefined : { reason: 'hostPath volumes', detail: named('volume', names) };
};

const hostPorts: Check = (spec) => {
  const portsOf = (container: Json): number[] =>
    recordsAt(container, 'ports')
      .map((port) => Number(port['hostPort'] ?? 0))
      .filter((port) => port !== 0);
  const names = failing(spec, (_context, container) => portsOf(container).length > 0);
  if (!names) return undefined;
  const ports = [...new Set(containersOf(spec).flatMap(portsOf))].sort((left, right) => left - right);
  const verb = names.length === 1 ? 'uses' : 'use';
  return {
    reason: 'hostPort',
    detail: `${named('container', names)} ${verb} hostPort${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`,
  };
};

const privileged: Check = (spec) => {
  const names = failing(spec, (context) => context['privileged'] === true);
  return (
    names && {
      reason: 'privileged',
      detail: `${named('container', names)} must not set securityContext.privileged=true`,
    }
  );
};

const procMount: Check = (spec) => {
  const names = failing(spec, (context) => !['', 'Default'].includes(stringAt(context, 'procMount')));
  return (
    names && {
      reason: 'procMount',
      detail: `${named('container', names)} must not set securityContext.procMount to "Unmasked"`,
    }
  );
};

const seccompBaseline: Check = (spec) => {
  const names = failing(spec, (context) => stringAt(context, 'seccompProfile', 'type') === 'Unconfined');
  const pod = stringAt(spec, 'securityContext', 'seccompProfile', 'type') === 'Unconfined';
  if (!names && !pod) return undefined;
  const who = [...(pod ? ['pod'] : []), ...(names ? [named('container', names)] : [])].join(' and ');
  return {
    reason: 'seccompProfile',
    detail: `${who} must not set securityContext.seccompProfile.type to "Unconfined"`,
  };
};

const allowPrivilegeEscalation: Check = (spec) => {
  const names = failing(spec, (context) => context['allowPrivilegeEscalation'] !== false);
  return (
    names && {
      reason: 'allowPrivilegeEscalation != false',
      detail: `${named('container', names)} must set securityContext.allowPrivilegeEscalation=false`,
    }
  );
};

const capabilitiesRestricted: Check = (spec) => {
  const keeps = failing(spec, (context) => !stringsAt(context, 'capabilities', 'drop').includes('ALL'));
  const beyond = (context: Json): string[] =>
    stringsAt(context, 'capabilities', 'add').filter((name) => name !== 'NET_BIND_SERVICE');
  const adds = failing(spec, (context) => beyond(context).length > 0);
  if (!keeps && !adds) return undefined;
  const added = [
    ...new Set(containersOf(spec).flatMap((container) => beyond(recordAt(container, 'securityContext')))),
  ].sort();
  const details = [
    ...(keeps ? [`${named('container', keeps)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adds
      ? [`${named('container', adds)} must not include ${quoted(added)} in securityContext.capabilities.add`]
      : []),
  ];
  return { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

const volumeTypes = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
  'image',
]);

const restrictedVolumes: Check = (spec) => {
  const bad = recordsAt(spec, 'volumes').flatMap((volume) => {
    const type = Object.keys(volume).find((field) => field !== 'name' && !volumeTypes.has(field));
    return type === undefined ? [] : [{ name: stringAt(volume, 'name'), type }];
  });
  if (bad.length === 0) return undefined;
  const types = [...new Set(bad.map(({ type }) => type))].sort();
  const verb = bad.length === 1 ? 'uses' : 'use';
  const names = named(
    'volume',
    bad.map(({ name }) => name),
  );
  return {
    reason: 'restricted volume types',
    detail: `${names} ${verb} restricted volume type${types.length === 1 ? '' : 's'} ${quoted(types)}`,
  };
};

const runAsNonRoot: Check = (spec) => {
  const podWide = recordAt(spec, 'securityContext')['runAsNonRoot'];
  const names = failing(spec, (context) => (context['runAsNonRoot'] ?? podWide) !== true);
  return (
    names && {
      reason: 'runAsNonRoot != true',
      detail: `pod or ${named('container', names)} must set securityContext.runAsNonRoot=true`,
    }
  );
};

const runAsUser: Check = (spec) => {
  const pod = recordAt(spec, 'securityContext')['runAsUser'] === 0;
  const names = failing(spec, (context) => context['runAsUser'] === 0);
  if (!names && !pod) return undefined;
  const who = [...(pod ? ['pod'] : []), ...(names ? [named('container', names)] : [])].join(' and ');
  return { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` };
};

const seccompRestricted: Check = (spec) => {
  const podWide = stringAt(spec, 'securityContext', 'seccompProfile', 'type');
  const allowed = ['RuntimeDefault', 'Localhost'];
  const names = failing(spec, (context) => !allowed.includes(stringAt(context, 'seccompProfile', 'type') || podWide));
  return (
    names && {
      reason: 'seccompProfile',
      detail: `pod or ${named('container', names)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
    }
  );
};

const common: readonly Check[] = [hostNamespaces];
const baseline: readonly Check[] = [
  capabilitiesBaseline,
  ...common,
  hostPathVolumes,
  hostPorts,
  privileged,
  procMount,
  seccompBaseline,
];
const restricted: readonly Check[] = [
  ...common,
  hostPorts,
  privileged,
  procMount,
  allowPrivilegeEscalation,
  capabilitiesRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompRestricted,
];
