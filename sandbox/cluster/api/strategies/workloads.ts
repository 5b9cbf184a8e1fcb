/** Deployments, DaemonSets, ReplicaSets, StatefulSets, Jobs, CronJobs. */
import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../../contracts.ts';
import type { FieldErrors } from '../field-errors.ts';
import { fillIn, isRecord, recordAt, same, stringAt, stringMapAt, type Draft, type Json } from '../json.ts';
import { labelSelectorTest } from '../selectors.ts';
import { defaultPodSpec } from './pod-defaults.ts';
import { validatePodTemplate } from './pod-validation.ts';
import type { StrategyParts } from './strategy.ts';

function specOf(draft: Draft): Json {
  if (!isRecord(draft['spec'])) draft['spec'] = {};
  return recordAt(draft, 'spec');
}

/** The template of a workload with its defaults; `creationTimestamp: null` is what Go prints for an absent time. */
function defaultTemplate(spec: Json): void {
  if (!isRecord(spec['template'])) return;
  const { template } = spec;
  if (!isRecord(template['metadata'])) template['metadata'] = {};
  if (isRecord(template['spec'])) defaultPodSpec(template['spec']);
}

function rollingUpdate(spec: Json, field: 'strategy' | 'updateStrategy', defaults: Json): void {
  if (!isRecord(spec[field])) spec[field] = {};
  const strategy = recordAt(spec, field);
  fillIn(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] !== 'RollingUpdate') return;
  if (!isRecord(strategy['rollingUpdate'])) strategy['rollingUpdate'] = {};
  fillIn(recordAt(strategy, 'rollingUpdate'), defaults);
}

const deployment: StrategyParts = {
  countsGenerations: true,
  initialStatus: () => ({}),
  defaults: (draft) => {
    const spec = specOf(draft);
    fillIn(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    rollingUpdate(spec, 'strategy', { maxUnavailable: '25%', maxSurge: '25%' });
    defaultTemplate(spec);
  },
  validate: (draft, errors) => {
    validateWorkload(draft, errors);
    const strategy = recordAt(draft, 'spec', 'strategy');
    if (!['RollingUpdate', 'Recreate'].includes(String(strategy['type']))) {
      errors.notSupported('spec.strategy.type', strategy['type'], ['Recreate', 'RollingUpdate']);
    }
    if (strategy['type'] === 'Recreate' && strategy['rollingUpdate'] !== undefined) {
      errors.forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'");
    }
  },
  validateUpdate: selectorIsImmutable,
};

const daemonSet: StrategyParts = {
  countsGenerations: true,
  initialStatus: () => ({
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  }),
  defaults: (draft) => {
    const spec = specOf(draft);
    fillIn(spec, { revisionHistoryLimit: 10 });
    rollingUpdate(spec, 'updateStrategy', { maxUnavailable: 1, maxSurge: 0 });
    defaultTemplate(spec);
  },
  validate: (draft, errors) => {
    validateWorkload(draft, errors);
  },
  validateUpdate: selectorIsImmutable,
};

const replicaSet: StrategyParts = {
  countsGenerations: true,
  initialStatus: () => ({ replicas: 0 }),
  defaults: (draft) => {
    const spec = specOf(draft);
    fillIn(spec, { replicas: 1 });
    defaultTemplate(spec);
  },
  validate: (draft, errors) => {
    validateWorkload(draft, errors);
  },
  validateUpdate: selectorIsImmutable,
};

const statefulSet: StrategyParts = {
  countsGenerations: true,
  initialStatus: () => ({ replicas: 0, availableReplicas: 0 }),
  defaults: (draft) => {
    const spec = specOf(draft);
    fillIn(spec, {
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: 'OrderedReady',
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    });
    rollingUpdate(spec, 'updateStrategy', { partition: 0 });
    defaultTemplate(spec);
  },
  validate: (draft, errors) => {
    validateWorkload(draft, errors);
  },
  validateUpdate: selectorIsImmutable,
};

const job: StrategyParts = {
  countsGenerations: true,
  initialStatus: () => ({}),
  defaults: (draft, current) => {
    const spec = specOf(draft);
    defaultJobSpec(spec);
    if (!current && spec['manualSelector'] !== true) labelJob(draft, spec);
  },
  validate: (draft, errors) => {
    validatePodTemplate(recordAt(draft, 'spec', 'template'), 'spec.template', errors, ['OnFailure', 'Never']);
  },
  validateUpdate: (draft, current, errors) => {
    selectorIsImmutable(draft, current, errors);
    if (!same(recordAt(draft, 'spec')['template'], recordAt(current, 'spec')['template'])) {
      errors.invalid('spec.template', recordAt(draft, 'spec')['template'], 'field is immutable');
    }
  },
};

function defaultJobSpec(spec: Json): void {
  if (spec['completions'] === undefined && spec['parallelism'] === undefined) fillIn(spec, { completions: 1 });
  fillIn(spec, {
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  });
  defaultTemplate(spec);
}

/** The server itself chooses the selector of a job. */
function labelJob(draft: Draft, spec: Json): void {
  const uid = typeof draft.metadata['uid'] === 'string' ? draft.metadata['uid'] : randomUUID();
  const template = recordAt(spec, 'template');
  const metadata = recordAt(template, 'metadata');
  const name = String(draft.metadata['name']);
  metadata['labels'] = {
    ...stringMapAt(metadata, 'labels'),
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  spec['selector'] = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
}

const cronJob: StrategyParts = {
  countsGenerations: true,
  initialStatus: () => ({}),
  defaults: (draft) => {
    const spec = specOf(draft);
    fillIn(spec, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    defaultTemplate(recordAt(spec, 'jobTemplate', 'spec'));
  },
  validate: (draft, errors) => {
    if (stringAt(draft, 'spec', 'schedule') === '') errors.required('spec.schedule');
    const template = recordAt(draft, 'spec', 'jobTemplate', 'spec', 'template');
    validatePodTemplate(template, 'spec.jobTemplate.spec.template', errors, ['OnFailure', 'Never']);
  },
};

export const workloadStrategies: Readonly<Record<string, StrategyParts>> = {
  'deployments.apps': deployment,
  'daemonsets.apps': daemonSet,
  'replicasets.apps': replicaSet,
  'statefulsets.apps': statefulSet,
  'jobs.batch': job,
  'cronjobs.batch': cronJob,
};

function validateWorkload(draft: Draft, errors: FieldErrors): void {
  const spec = recordAt(draft, 'spec');
  const { selector, template, replicas } = spec;
  if (typeof replicas === 'number' && replicas < 0)
    errors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
  if (!isRecord(selector)) errors.required('spec.selector');
  else if (Object.keys(selector).length === 0)
    errors.invalid('spec.selector', {}, 'empty selector is invalid for ' + draft.kind.toLowerCase());
  const labels = stringMapAt(template, 'metadata', 'labels');
  if (!isRecord(selector) || !labelSelectorTest(selector)(labels)) {
    errors.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  }
  validatePodTemplate(recordAt(spec, 'template'), 'spec.template', errors, ['Always']);
}

function selectorIsImmutable(draft: Draft, current: KubeObject, errors: FieldErrors): void {
  const before = recordAt(current, 'spec')['selector'];
  const after = recordAt(draft, 'spec')['selector'];
  if (!same(before, after)) errors.invalid('spec.selector', after, 'field is immutable');
}
