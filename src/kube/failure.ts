import type { DiagnosticCode } from '../diagnostics/catalogue.ts';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { KubeKind } from './kinds.ts';
import { groupOf } from './kinds.ts';
import type { KubeStatus } from './refusal.ts';
import { kubeRefusal } from './refusal.ts';
import { refusedByAzure } from './azure-rbac.ts';
import { isExpiredCertificate, isTlsFailure, isTransientStatus } from './transient.ts';

/** What was tried when something failed. */
export interface Attempt {
  readonly cluster: string;
  /** Of the API server, for network failures. */
  readonly host: string;
  /** RBAC verb: `get`, `list`, `create`, `patch`, `delete`. */
  readonly verb: string;
  readonly kind: KubeKind;
  /** `exec`, `log` */
  readonly subresource?: string | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

/** Any failure of a request to a cluster as a diagnostic: KUB001-002 without an answer, the others by what the API server said. */
export function kubeFailure(error: unknown, attempt: Attempt): DiagnosticError {
  if (error instanceof DiagnosticError) return error;
  const status = kubeRefusal(error);
  if (!status) return unanswered(error, attempt);
  const detail = status.message.slice(0, 900);
  const { code, ...text } = explain(status, attempt);
  return new DiagnosticError(code, { ...text, detail }, { cause: error });
}

interface Explained {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly cause?: string;
  readonly fix?: string;
}

function explain(status: KubeStatus, attempt: Attempt): Explained {
  const doing = `Cannot ${describeAttempt(attempt)}`;
  const admission = admissionRule(status.message);
  if (admission !== undefined) return { code: 'KUB007', message: `${doing}: ${admission}.` };
  const exhausted = {
    code: 'KUB012',
    message: `${doing}: the API server answered ${status.code} again and again.`,
  } as const;
  if (isTransientStatus(status.code)) return exhausted;
  switch (status.code) {
    case 401:
      return { code: 'KUB003', message: `The cluster ${attempt.cluster} does not accept the credential (status 401).` };
    case 403:
      return forbidden(status, attempt);
    case 407:
      return {
        code: 'KUB001',
        message: `The API server ${attempt.host} (cluster ${attempt.cluster}) cannot be reached: the proxy refuses to lead there without a valid user name and password (status 407).`,
        fix: 'Configure the agent with the user name and the password of its proxy (Agent.ProxyUsername, Agent.ProxyPassword).',
      };
    case 404:
      return missing(status, attempt);
    case 409:
      return conflict(status, doing);
    default:
      return { code: 'KUB009', message: `${doing}: ${status.reason || 'refused'} (status ${status.code}).` };
  }
}

const subresourceWords: Readonly<Record<string, string>> = {
  exec: 'run a command in',
  log: 'read the log of',
  ephemeralcontainers: 'add an ephemeral container to',
};

/** `create the Deployment mic in namespace default of cluster aks-1` */
export function describeAttempt({ verb, kind, name, namespace, subresource, cluster }: Attempt): string {
  const words = subresource === undefined ? verb : (subresourceWords[subresource] ?? verb);
  const what = name === undefined ? `${kind.kind} objects` : `the ${kind.kind} ${name}`;
  return `${words} ${what}${namespace === undefined ? '' : ` in namespace ${namespace}`} of cluster ${cluster}`;
}

/** What refused when admission did; undefined for every other refusal. */
export function admissionRule(message: string): string | undefined {
  if (message.includes('violates PodSecurity')) return 'the Pod Security level of the namespace forbids it';
  const webhook = /admission webhook "([^"]+)" denied the request/.exec(message)?.[1];
  if (webhook !== undefined) return `the admission webhook ${webhook} refused it`;
  const policy = /ValidatingAdmissionPolicy '([^']+)'.* denied request/.exec(message)?.[1];
  if (policy !== undefined) return `the admission policy ${policy} refused it`;
  const quota = /exceeded quota: ([^,]+)/.exec(message)?.[1];
  return quota === undefined ? undefined : `the quota ${quota} is used up`;
}

function forbidden(status: KubeStatus, attempt: Attempt): Explained {
  const doing = `Cannot ${describeAttempt(attempt)}`;
  const add = 'Add to the ClusterRole of the connection (docs/permissions.md)';
  // RBAC lets nobody hand out what he has not: roles for MIC and NMI need the same rights, or escalate and bind.
  if (status.message.includes('attempting to grant RBAC permissions not currently held')) {
    const verb = attempt.kind.plural === 'clusterrolebindings' ? 'bind' : 'escalate';
    return {
      code: 'KUB004',
      message: `${doing}: the connection may not hand out permissions that it does not have itself.`,
      fix: `${add}: ${rule({ group: 'rbac.authorization.k8s.io', resource: 'clusterroles', verb })}.`,
    };
  }
  const need = requested(status.message) ?? assumed(attempt);
  const byAzure = refusedByAzure(status.message, need, attempt);
  if (byAzure)
    return { code: 'KUB004', message: `${doing}: ${byAzure.message}`, cause: byAzure.cause, fix: byAzure.fix };
  const resource = need.group === '' ? need.resource : `${need.resource}.${need.group}`;
  const where = attempt.namespace === undefined ? '' : ` in namespace ${attempt.namespace}`;
  return {
    code: 'KUB004',
    message: `${doing}: the connection lacks the verb ${need.verb} on ${resource}${where}.`,
    fix: `${add}: ${rule(need)}.`,
  };
}

export interface Permission {
  readonly verb: string;
  /** With its subresource: `pods/exec`. */
  readonly resource: string;
  readonly group: string;
}

function assumed({ kind, subresource, verb }: Attempt): Permission {
  const resource = subresource === undefined ? kind.plural : `${kind.plural}/${subresource}`;
  return { verb, resource, group: groupOf(kind) };
}

/** The API server's message says most exactly what was missing, e.g. `namespaces` although a Deployment was written. */
function requested(message: string): Permission | undefined {
  const [, verb, resource, group] = /cannot (\S+) resource "([^"]+)" in API group "([^"]*)"/.exec(message) ?? [];
  if (verb === undefined || resource === undefined || group === undefined) return undefined;
  return { verb, resource, group };
}

function rule({ group, resource, verb }: Permission): string {
  return `{apiGroups: ["${group}"], resources: ["${resource}"], verbs: ["${verb}"]}`;
}

function missing(status: KubeStatus, attempt: Attempt): Explained {
  if (isUnknownKind(status)) {
    const { apiVersion, kind } = attempt.kind;
    return {
      code: 'KUB008',
      message: `The cluster ${attempt.cluster} has no matches for kind ${kind} in version ${apiVersion}.`,
    };
  }
  const namespace = /^namespaces "([^"]+)" not found/.exec(status.message)?.[1];
  const what = namespace === undefined ? 'it does not exist' : `the namespace ${namespace} does not exist`;
  return { code: 'KUB005', message: `Cannot ${describeAttempt(attempt)}: ${what}.` };
}

/** A path that nothing serves is answered without the name of an object. */
export function isUnknownKind({ code, message }: KubeStatus): boolean {
  return (
    code === 404 && (message.includes('could not find the requested resource') || message.includes('page not found'))
  );
}

function conflict(status: KubeStatus, doing: string): Explained {
  const managers = status.causes.flatMap(({ reason, message }) =>
    reason === 'FieldManagerConflict' ? [/conflict with "([^"]+)"/.exec(message ?? '')?.[1] ?? 'another manager'] : [],
  );
  if (managers.length === 0)
    return { code: 'KUB009', message: `${doing}: somebody else changed it at the same moment.` };
  const fields = status.causes.flatMap(({ field }) => (field === undefined ? [] : [field]));
  const owner = [...new Set(managers)].join(', ');
  return { code: 'KUB006', message: `${doing}: ${fields.join(', ')} belongs to ${owner}.` };
}

function unanswered(error: unknown, { cluster, host }: Attempt): DiagnosticError {
  const text = error instanceof Error ? error.message : String(error);
  if (isExpiredCertificate(error)) {
    const message = `The certificate of the API server ${host} (cluster ${cluster}) has expired.`;
    return new DiagnosticError('KUB020', { message, detail: text }, { cause: error });
  }
  if (isTlsFailure(error)) {
    const message = `The certificate of the API server ${host} (cluster ${cluster}) is not trusted.`;
    return new DiagnosticError('KUB002', { message, detail: text }, { cause: error });
  }
  const isPrivate = host.includes('.privatelink.');
  return new DiagnosticError(
    'KUB001',
    {
      message: `The API server ${host} (cluster ${cluster}) cannot be reached.`,
      ...(isPrivate
        ? { cause: 'The cluster is private: its API server has an address in its virtual network only.' }
        : {}),
      detail: text,
    },
    { cause: error },
  );
}
