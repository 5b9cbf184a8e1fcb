/** Admission plugins that AKS runs and that clients can see: NamespaceLifecycle, ServiceAccount, DefaultTolerationSeconds, Priority, PodSecurity. */
import { randomBytes } from 'node:crypto';
import { KubeStatusError, type KubeObject } from '../../contracts.ts';
import type { Core, Target, WriteContext } from './core.ts';
import { forbidden, notFound } from './errors.ts';
import { fillIn, recordAt, recordsAt, stringAt, type Draft, type Json } from './json.ts';
import { checkPodSecurity } from './pod-security.ts';

export function admitCreate(core: Core, target: Target, draft: Draft, context: WriteContext): void {
  requireNamespace(core, target, draft);
  if (isPod(target)) {
    mountServiceAccount(core, target, draft);
    tolerateNodeTrouble(recordAt(draft, 'spec'));
    fillIn(recordAt(draft, 'spec'), { priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
  }
  checkPodSecurity(core, target, draft, context);
}

export function admitUpdate(
  core: Core,
  target: Target,
  change: { readonly current: KubeObject; readonly draft: Draft },
  context: WriteContext,
): void {
  if (target.subresource === undefined && !isPod(target)) checkPodSecurity(core, target, change.draft, context);
}

function isPod({ info }: Target): boolean {
  return info.group === '' && info.plural === 'pods';
}

function requireNamespace(core: Core, target: Target, draft: Draft): void {
  const { info, namespace = '' } = target;
  if (!info.namespaced) return;
  const found = core.store.get('namespaces.', undefined, namespace);
  if (!found) throw notFound({ group: '', plural: 'namespaces' }, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const refusal = forbidden(
    info,
    stringAt(draft, 'metadata', 'name'),
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  throw new KubeStatusError({ ...refusal.status, details: { ...(refusal.status.details as object), causes: [cause] } });
}

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

function mountServiceAccount(core: Core, target: Target, draft: Draft): void {
  const spec = recordAt(draft, 'spec');
  fillIn(spec, { serviceAccountName: 'default' });
  spec['serviceAccount'] = spec['serviceAccountName'];
  const name = stringAt(spec, 'serviceAccountName');
  const namespace = target.namespace ?? '';
  const account = core.store.get('serviceaccounts.', namespace, name);
  if (!account) {
    const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden(target.info, stringAt(draft, 'metadata', 'name'), why);
  }
  if ((spec['automountServiceAccountToken'] ?? account['automountServiceAccountToken']) === false) return;
  addTokenVolume(spec);
}

function addTokenVolume(spec: Json): void {
  const containers = [...recordsAt(spec, 'initContainers'), ...recordsAt(spec, 'containers')];
  const lacking = containers.filter(
    (container) => !recordsAt(container, 'volumeMounts').some((mount) => mount['mountPath'] === TOKEN_PATH),
  );
  if (lacking.length === 0) return;
  const name = `kube-api-access-${randomBytes(4).toString('hex').slice(0, 5)}`;
  for (const container of lacking) {
    container['volumeMounts'] = [
      ...recordsAt(container, 'volumeMounts'),
      { name, readOnly: true, mountPath: TOKEN_PATH },
    ];
  }
  spec['volumes'] = [...recordsAt(spec, 'volumes'), tokenVolume(name)];
}

function tokenVolume(name: string): Json {
  const namespaceField = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } };
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [namespaceField] } },
      ],
      defaultMode: 420,
    },
  };
}

/** Pods stay five minutes on a node that is not ready or not reachable, unless they say otherwise. */
function tolerateNodeTrouble(spec: Json): void {
  const tolerations = recordsAt(spec, 'tolerations');
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    const tolerated = tolerations.some(
      (toleration) =>
        (toleration['key'] === key || stringAt(toleration, 'key') === '') &&
        (stringAt(toleration, 'effect') === '' || toleration['effect'] === 'NoExecute'),
    );
    if (!tolerated) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
  }
  if (tolerations.length > 0) spec['tolerations'] = tolerations;
}
