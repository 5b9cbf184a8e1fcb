import type { Draft } from '../support/draft.ts';
import type { Cause } from './cause.ts';

export const atCluster: readonly Cause[] = [
  {
    row: 'cluster',
    what: 'a cluster that is stopped',
    spoil: (draft: Draft): void => {
      draft.cluster.powerState = 'Stopped';
    },
    root: 'AKS004',
    says: /is stopped/,
  },
  {
    row: 'cluster',
    what: 'a locked node resource group',
    spoil: (draft: Draft): void => {
      draft.cluster.nodeRestriction = 'ReadOnly';
    },
    root: 'AKS003',
    says: /is locked/,
  },
  {
    row: 'cluster',
    what: 'MIC scaled to 0',
    spoil: (draft: Draft): void => {
      draft.workload('Deployment', 'mic').spec.replicas = 0;
    },
    root: 'DOC005',
    says: /scaled to 0/,
  },
  {
    row: 'cluster',
    what: 'no label on any pod',
    spoil: (draft: Draft): void => {
      delete draft.workload('Deployment', 'web').spec.template.metadata.labels.aadpodidbinding;
    },
    root: 'DOC013',
    says: /none carries the label/,
  },
];
