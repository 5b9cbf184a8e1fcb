/** Defaults of a pod's spec: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go. */
import { fillIn, isRecord, recordAt, recordsAt, stringAt, type Json } from '../json.ts';
import { canonicalQuantities } from '../quantity.ts';

/** Fills in, in place, what the real server fills into pods and pod templates. */
export function defaultPodSpec(spec: Json): void {
  fillIn(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
  });
  const account = spec['serviceAccountName'] ?? spec['serviceAccount'];
  if (account !== undefined) fillIn(spec, { serviceAccountName: account, serviceAccount: account });
  const containers = [
    ...recordsAt(spec, 'initContainers'),
    ...recordsAt(spec, 'containers'),
    ...recordsAt(spec, 'ephemeralContainers'),
  ];
  for (const container of containers) defaultContainer(container, spec['hostNetwork'] === true);
  for (const volume of recordsAt(spec, 'volumes')) defaultVolume(volume);
  if (isRecord(spec['overhead'])) canonicalQuantities(spec['overhead']);
}

function defaultContainer(container: Json, hostNetwork: boolean): void {
  fillIn(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(stringAt(container, 'image')),
  });
  for (const port of recordsAt(container, 'ports')) {
    fillIn(port, { protocol: 'TCP' });
    if (hostNetwork) fillIn(port, { hostPort: port['containerPort'] });
  }
  for (const variable of recordsAt(container, 'env')) {
    const fieldRef = recordAt(variable, 'valueFrom')['fieldRef'];
    if (isRecord(fieldRef)) fillIn(fieldRef, { apiVersion: 'v1' });
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (isRecord(container[name])) defaultProbe(container[name]);
  }
  defaultResources(recordAt(container, 'resources'));
  const lifecycle = recordAt(container, 'lifecycle');
  for (const hook of Object.values(lifecycle)) defaultHttpGet(recordAt(hook)['httpGet']);
}

function pullPolicy(image: string): string {
  const withoutDigest = image.split('@')[0] ?? '';
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:(?<tag>[^/:]+)$/u.exec(withoutDigest)?.groups?.['tag'] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultProbe(probe: Json): void {
  fillIn(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  defaultHttpGet(probe['httpGet']);
  if (isRecord(probe['grpc'])) fillIn(probe['grpc'], { service: '' });
}

function defaultHttpGet(action: unknown): void {
  if (isRecord(action)) fillIn(action, { path: '/', scheme: 'HTTP' });
}

function defaultResources({ limits, requests }: Json): void {
  if (isRecord(limits)) canonicalQuantities(limits);
  if (isRecord(requests)) canonicalQuantities(requests);
}

/** Of pods only, not of their templates: a limit without a request is the request, too. */
export function defaultRequests(spec: Json): void {
  for (const container of [...recordsAt(spec, 'initContainers'), ...recordsAt(spec, 'containers')]) {
    const resources = recordAt(container, 'resources');
    const { limits, requests } = resources;
    if (isRecord(limits)) resources['requests'] = { ...limits, ...(isRecord(requests) ? requests : {}) };
  }
}

const READABLE = 0o644;

function defaultVolume(volume: Json): void {
  if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
  const { hostPath, secret, configMap, projected, downwardAPI, emptyDir } = volume;
  if (isRecord(hostPath)) fillIn(hostPath, { type: '' });
  for (const source of [secret, configMap, projected, downwardAPI]) {
    if (isRecord(source)) fillIn(source, { defaultMode: READABLE });
  }
  for (const item of recordsAt(downwardAPI, 'items')) defaultFieldRef(item);
  for (const source of recordsAt(projected, 'sources')) defaultProjection(source);
  if (isRecord(emptyDir)) canonicalQuantities(emptyDir);
}

function defaultProjection(source: Json): void {
  if (isRecord(source['serviceAccountToken'])) fillIn(source['serviceAccountToken'], { expirationSeconds: 3600 });
  for (const item of recordsAt(source, 'downwardAPI', 'items')) defaultFieldRef(item);
}

function defaultFieldRef(item: Json): void {
  if (isRecord(item['fieldRef'])) fillIn(item['fieldRef'], { apiVersion: 'v1' });
}
