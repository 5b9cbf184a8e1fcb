/** Kinds of the core group, and the small ones beside it. */
import type { KubeObject } from '../../../contracts.ts';
import {
  at,
  fillIn,
  isRecord,
  recordAt,
  recordsAt,
  same,
  stringAt,
  stringMapAt,
  type Draft,
  type Json,
} from '../json.ts';
import type { FieldErrors } from '../field-errors.ts';
import { defaultPodSpec, defaultRequests } from './pod-defaults.ts';
import { validatePodSpec } from './pod-validation.ts';
import type { StrategyParts } from './strategy.ts';

const pod: StrategyParts = {
  countsGenerations: true,
  initialStatus: (draft) => ({ phase: 'Pending', qosClass: qualityOfService(recordAt(draft, 'spec')) }),
  defaults: (draft) => {
    if (!isRecord(draft['spec'])) draft['spec'] = {};
    const spec = recordAt(draft, 'spec');
    defaultPodSpec(spec);
    defaultRequests(spec);
    fillIn(spec, { enableServiceLinks: true });
  },
  validate: (draft, errors) => {
    validatePodSpec(recordAt(draft, 'spec'), 'spec', errors);
  },
  validateUpdate: validatePodUpdate,
  validateStatus: (draft, current, errors) => {
    const { qosClass } = recordAt(draft, 'status');
    const before = recordAt(current, 'status')['qosClass'];
    if (before !== undefined && qosClass !== before) {
      errors.invalid('status.qosClass', qosClass ?? '', 'field is immutable');
    }
  },
};

/** Guaranteed: cpu and memory limits everywhere, equal to the requests; BestEffort: none anywhere. */
function qualityOfService(spec: Json): string {
  const all = [...recordsAt(spec, 'containers'), ...recordsAt(spec, 'initContainers')].map((container) =>
    recordAt(container, 'resources'),
  );
  const count = (resources: Json, list: string): number => Object.keys(recordAt(resources, list)).length;
  if (all.every((resources) => count(resources, 'limits') + count(resources, 'requests') === 0)) return 'BestEffort';
  const guaranteed = all.every((resources) => {
    const limits = recordAt(resources, 'limits');
    return ['cpu', 'memory'].every(
      (name) => limits[name] !== undefined && limits[name] === recordAt(resources, 'requests')[name],
    );
  });
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

const POD_UPDATE_TEXT =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function validatePodUpdate(draft: Draft, current: KubeObject, errors: FieldErrors): void {
  const bound = stringAt(current, 'spec', 'nodeName') !== '';
  // The sandbox's scheduler assigns pods by a patch instead of a Binding (FIDELITY.md).
  const before = bound
    ? current
    : { spec: { ...recordAt(current, 'spec'), nodeName: recordAt(draft, 'spec')['nodeName'] } };
  if (!same(defined(frozenPart(draft)), defined(frozenPart(before)))) errors.forbidden('spec', POD_UPDATE_TEXT);
}

function defined(record: Json): Json {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function frozenPart(pod: object): Json {
  const { tolerations: _tolerations, activeDeadlineSeconds: _deadline, ...spec } = recordAt(pod, 'spec');
  const withoutImage = (list: string): Json[] => recordsAt(spec, list).map(({ image: _image, ...rest }) => rest);
  return { ...spec, containers: withoutImage('containers'), initContainers: withoutImage('initContainers') };
}

const service: StrategyParts = {
  countsGenerations: false,
  initialStatus: () => ({ loadBalancer: {} }),
  defaults: (draft) => {
    if (!isRecord(draft['spec'])) draft['spec'] = {};
    const spec = recordAt(draft, 'spec');
    fillIn(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
    if (spec['type'] !== 'ExternalName') {
      fillIn(spec, {
        internalTrafficPolicy: 'Cluster',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        clusterIP: clusterAddress(draft),
      });
      fillIn(spec, { clusterIPs: [spec['clusterIP']] });
    }
    for (const port of recordsAt(spec, 'ports')) fillIn(port, { protocol: 'TCP', targetPort: port['port'] });
  },
  validate: (draft, errors) => {
    const spec = recordAt(draft, 'spec');
    const ports = recordsAt(spec, 'ports');
    if (ports.length === 0 && spec['type'] !== 'ExternalName' && spec['clusterIP'] !== 'None')
      errors.required('spec.ports');
    for (const [index, port] of ports.entries()) {
      if (typeof port['port'] !== 'number') errors.required(`spec.ports[${index}].port`);
      if (ports.length > 1 && stringAt(port, 'name') === '') errors.required(`spec.ports[${index}].name`);
    }
  },
  validateUpdate: (draft, current, errors) => {
    const before = stringAt(current, 'spec', 'clusterIP');
    const after = stringAt(draft, 'spec', 'clusterIP');
    if (before !== '' && before !== after) errors.invalid('spec.clusterIPs[0]', [after], 'may not change once set');
  },
};

/** Any address of the service range will do, as long as a service keeps its own. */
function clusterAddress(draft: Draft): string {
  const name = `${String(draft.metadata['namespace'])}/${String(draft.metadata['name'])}`;
  if (name === 'default/kubernetes') return '10.0.0.1';
  let hash = 7;
  for (const byte of Buffer.from(name)) hash = (hash * 31 + byte) % 65_000;
  return `10.0.${Math.floor(hash / 250)}.${(hash % 250) + 2}`;
}

const namespace: StrategyParts = {
  countsGenerations: false,
  initialStatus: () => ({ phase: 'Active' }),
  defaults: (draft, current) => {
    if (!current) draft['spec'] = { finalizers: ['kubernetes'] };
    draft.metadata['labels'] = {
      ...stringMapAt(draft, 'metadata', 'labels'),
      'kubernetes.io/metadata.name': draft.metadata['name'],
    };
  },
};

const secret: StrategyParts = {
  countsGenerations: false,
  defaults: (draft) => {
    fillIn(draft, { type: 'Opaque' });
    moveStringData(draft);
  },
  validate: (draft, errors) => {
    for (const [key, value] of Object.entries(recordAt(draft, 'data'))) {
      if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/u.test(value))
        errors.invalid(`data[${key}]`, '<secret contents redacted>', 'illegal base64 data');
      validateDataKey(key, errors);
    }
  },
  validateUpdate: (draft, current, errors) => {
    if (draft['type'] !== current['type']) errors.invalid('type', draft['type'], 'field is immutable');
    dataIsImmutable(draft, current, errors);
  },
};

function moveStringData(draft: Draft): void {
  const plain = stringMapAt(draft, 'stringData');
  Reflect.deleteProperty(draft, 'stringData');
  const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(value).toString('base64')] as const);
  if (encoded.length > 0) draft['data'] = { ...recordAt(draft, 'data'), ...Object.fromEntries(encoded) };
}

const configMap: StrategyParts = {
  countsGenerations: false,
  validate: (draft, errors) => {
    for (const key of Object.keys({ ...recordAt(draft, 'data'), ...recordAt(draft, 'binaryData') }))
      validateDataKey(key, errors);
  },
  validateUpdate: dataIsImmutable,
};

function validateDataKey(key: string, errors: FieldErrors): void {
  if (/^[-._a-zA-Z0-9]+$/u.test(key)) return;
  const rule =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
  errors.invalid(`data[${key}]`, key, rule);
}

function dataIsImmutable(draft: Draft, current: KubeObject, errors: FieldErrors): void {
  if (current['immutable'] !== true) return;
  if (draft['immutable'] !== true) errors.forbidden('immutable', 'field is immutable when `immutable` is set');
  if (!same(draft['data'], current['data'])) errors.forbidden('data', 'field is immutable when `immutable` is set');
}

const replicationController: StrategyParts = {
  countsGenerations: true,
  initialStatus: () => ({ replicas: 0 }),
  defaults: (draft) => {
    const spec = recordAt(draft, 'spec');
    fillIn(spec, { replicas: 1 });
    const template = at(spec, 'template', 'spec');
    if (isRecord(template)) defaultPodSpec(template);
  },
};

const webhooks: StrategyParts = {
  countsGenerations: true,
  defaults: (draft) => {
    for (const webhook of recordsAt(draft, 'webhooks')) {
      fillIn(webhook, {
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        timeoutSeconds: 10,
      });
      for (const rule of recordsAt(webhook, 'rules')) fillIn(rule, { scope: '*' });
      const target = at(webhook, 'clientConfig', 'service');
      if (isRecord(target)) fillIn(target, { port: 443 });
      if (draft.kind.startsWith('Mutating')) fillIn(webhook, { reinvocationPolicy: 'Never' });
    }
  },
};

export const coreStrategies: Readonly<Record<string, StrategyParts>> = {
  'pods.': pod,
  'services.': service,
  'namespaces.': namespace,
  'nodes.': { countsGenerations: false, keepsStatusOnCreate: true },
  'secrets.': secret,
  'configmaps.': configMap,
  'replicationcontrollers.': replicationController,
  'persistentvolumeclaims.': { countsGenerations: false, initialStatus: () => ({ phase: 'Pending' }) },
  'poddisruptionbudgets.policy': {
    countsGenerations: true,
    initialStatus: () => ({ currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 }),
  },
  'networkpolicies.networking.k8s.io': { countsGenerations: true },
  'ingresses.networking.k8s.io': { countsGenerations: true, initialStatus: () => ({ loadBalancer: {} }) },
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
};
